// mode: prot32 long64
// manual: SDM vol. 2 LAR: ZF is clear if CPL or RPL is above DPL, unless it is conforming code
// pitfall: 10
// expect: ebx=0x12
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9f, 0xc
  to_user user
  .section .user
user:
  mov ecx, DATA0
  lar eax, ecx
  setz dl
  or bl, dl
  mov ecx, DATA3
  lar eax, ecx
  setz dl
  shl dl
  or bl, dl
  mov ecx, 0x40
  lar eax, ecx
  setz dl
  shl dl, 2
  or bl, dl
  mov ecx, 3
  lar eax, ecx
  setz dl
  shl dl, 3
  or bl, dl
  mov ecx, FREE_SELECTOR | 3
  lar eax, ecx
  setz dl
  shl dl, 4
  or bl, dl
  done
