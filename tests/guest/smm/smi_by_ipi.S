// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 11.6.1: an IPI of delivery mode 010b is an SMI
// expect: mem32[data_page]=1 mem64[0x3ff78]=after
  smm_on handler_
  apic_on
  apic_write APIC_ICR_HIGH, 0
  apic_write APIC_ICR, 0x4200
after:
  hlt
smm_handler handler_
  inc dword ptr es:[DATA]
  smm_end
