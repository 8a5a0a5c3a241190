// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: 82093AA datasheet 3.2.4: entries are masked after a reset
// expect: ebx=0x10000 esi=0x10000
  ioapic_read 0x10
  and eax, 0x10000
  mov ebx, eax
  ioapic_read 0x3e
  and eax, 0x10000
  mov esi, eax
  done
