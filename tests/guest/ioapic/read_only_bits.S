// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: 82093AA datasheet 3.2.4: delivery status and remote IRR are read-only
// expect: eax=0x1afff
  ioapic_write 0x1e, 0x1ffff
  ioapic_read 0x1e
  done
