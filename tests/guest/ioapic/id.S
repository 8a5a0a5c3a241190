// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: 82093AA datasheet 3.2.1: bits 27:24 alone
// expect: eax=0x0f000000
  ioapic_write 0, 0xffffffff
  ioapic_read 0
  done
