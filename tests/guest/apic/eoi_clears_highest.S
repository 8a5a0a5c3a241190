// mode: prot32 long64
// machine: pc
// pitfall: 19
// init: flags=if
// manual: SDM vol. 3 11.8.5: EOI clears the highest bit of ISR; accepting moves the bit from IRR to ISR
// expect: ebx=2 esi=0 eax=0 mem32[data_page]=2
  handler 0x61, taken
  eoi
  self_ipi 0x61
  nop
  done
taken:
  apic_read APIC_ISR + 0x30
  mov ebx, eax
  mov [DATA], eax
  apic_read APIC_IRR + 0x30
  mov esi, eax
  eoi
  apic_read APIC_ISR + 0x30
  done
