// mode: prot16 prot32 long64
// machine: pc
// pitfall: 5
// manual: SDM vol. 1 appendix D.1: FERR# is IRQ 13 of the PC; the interrupt returns to the waiting instruction
// expect-fault: 0x2d at=fault fsw=0x8084/0x8084
  pic_on 0x20, 0x2004
#if BITS == 16
  x2apic_on
#else
  apic_on
#endif
  lint0_extint
  ne_off
  zero_divide
  sti
  nop
fault:
  fwait
