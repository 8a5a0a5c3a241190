// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.9: FFFFFFFFh is the broadcast in both destination modes, FFh is not
// expect: eax=6
  x2apic_on
  x2apic_write APIC_ICR, 0x4041, 0xffffffff
  x2apic_write APIC_ICR, 0x4842, 0xffffffff
  x2apic_write APIC_ICR, 0x4043, 0xff
  x2apic_read APIC_IRR + 0x20
  done
