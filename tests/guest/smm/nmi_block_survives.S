// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 32.8: an SMI inside an NMI handler leaves NMIs blocked after RSM, even if the SMI handler did IRET
// expect: mem32[data_page]=1 mem32[data_page+4]=1
  handler 2, in_nmi
  smm_on handler_
  apic_on
  apic_write APIC_ICR_HIGH, 0
  apic_write APIC_ICR, 0x4400
  ud2
in_nmi:
  inc dword ptr [DATA]
  smi
  apic_write APIC_ICR, 0x4400  // a second NMI stays outside
  nop
  inc dword ptr [DATA + 4]
  hlt
smm_handler handler_
  mov esp, 0x6000
  pushf
  push 0
  push offset 1f
  iret
1:
  smm_end
