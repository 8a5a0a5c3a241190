// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.8.4: acceptance moved the vector from IRR to ISR before the fault of its delivery
// expect: eax=2 ebx=0
#if BITS == 64
  mov byte ptr [IDT + 0x41 * 16 + 5], 0x0e
#else
  mov byte ptr [IDT + 0x41 * 8 + 5], 0x0e
#endif
  handler 11, fault
  self_ipi 0x41
  sti
  nop
  nop
  hlt
fault:
  apic_read APIC_IRR + 0x20
  mov ebx, eax
  apic_read APIC_ISR + 0x20
  done
