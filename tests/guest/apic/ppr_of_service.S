// mode: prot32 long64
// machine: pc
// pitfall: 20
// init: flags=if
// manual: SDM vol. 3 11.8.3.1: PPR has the class in service when it is above the TPR's, with a zero subclass
// expect: ebx=0x60 esi=0x73
  handler 0x65, taken
  apic_write APIC_TPR, 0x53
  self_ipi 0x65
  nop
  done
taken:
  apic_read APIC_PPR
  mov ebx, eax
  apic_write APIC_TPR, 0x73
  apic_read APIC_PPR
  mov esi, eax
  done
