// mode: real16 prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.11: SELF IPI is a fixed, edge-triggered interrupt of that vector
// init: flags=if
// expect-fault: 0x41 none at=after flags=if
  x2apic_on
  x2apic_write APIC_SELF_IPI, 0x41
after:
  nop
  hlt
