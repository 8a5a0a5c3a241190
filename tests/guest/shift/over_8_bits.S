// mode: real16 prot32 long64
// manual: SDM vol. 2 SHL, SHR: counts from 9 to 31 leave 0 in a byte
// pitfall: 21
// init: ax=0x0001 bx=0x0080
// expect: al=0 bl=0 flags=zf
  mov cl, 9
  shl al, cl
  mov cl, 31
  shr bl, cl
  hlt
