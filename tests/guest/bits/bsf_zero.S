// mode: real16 prot32 long64
// manual: SDM vol. 2 BSF: ZF set if the source is 0
// pitfall: 21
// expect: flags=zf
  xor ebx, ebx
  cmp ebx, 1
  bsf eax, ebx
  hlt
