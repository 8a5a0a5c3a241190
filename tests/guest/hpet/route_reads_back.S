// mode: prot32 long64
// machine: pc
// manual: IA-PC HPET specification 1.0a 2.3.8: a route the timer cannot take reads back as another; FSB is not offered
// expect: ebx=0x2800 esi=0 edi=0
  hpet_write 0x100, 0x2800
  hpet_read 0x100
  and eax, 0x3e00
  mov ebx, eax
  hpet_write 0x100, 0x0a00
  hpet_read 0x100
  and eax, 0x3e00
  cmp eax, 0x0a00
  sete al
  movzx esi, al
  hpet_read 0x100
  and eax, 0x8000
  mov edi, eax
  done
