// mode: prot32 long64
// machine: pc
// manual: IA-PC HPET specification 1.0a 2.3.4: vendor, legacy route, 64-bit counter, period of at most 100 ns
// expect: ebx=0x8086a000/0xffffe000 esi=1
  hpet_read 0
  mov ebx, eax
  hpet_read 4
  dec eax
  cmp eax, 0x05f5e100
  setb al
  movzx esi, al
  done
