// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.5.3: a local interrupt with a vector below 16 sets receive illegal vector (bit 6) and is not accepted
// expect: eax=0x40 ebx=0
  apic_write APIC_ESR, 0
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 5
  apic_write APIC_TIMER_INITIAL, 1000
  delay 200
  apic_read APIC_IRR
  mov ebx, eax
  apic_write APIC_ESR, 0
  apic_read APIC_ESR
  done
