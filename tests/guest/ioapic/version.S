// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: ICH9 datasheet 13.5.6: version 20h, 24 entries
// expect: eax=0x00170020
  ioapic_read 1
  done
