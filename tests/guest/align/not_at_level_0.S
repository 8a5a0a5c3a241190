// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC: only at CPL 3
// pitfall: 2
// expect: eax=0x5a flags=ac
  user_page DATA
  mov byte ptr [DATA + 1], 0x5a
  set_bits cr0, 0x40000
  push 0x40002
  .if BITS == 64
  popfq
  .else
  popf
  .endif
  mov eax, [DATA + 1]
  hlt
