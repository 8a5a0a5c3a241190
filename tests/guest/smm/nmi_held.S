// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 32.8: NMIs are blocked on entry to SMM; one is latched and taken after RSM
// expect: mem32[data_page]=0x10
// expect-fault: nmi at=after
  smm_on handler_
  apic_on
  smi
after:
  hlt
smm_handler handler_
  mov ebx, 0xfee00000
  mov dword ptr [ebx + APIC_ICR_HIGH], 0
  mov dword ptr [ebx + APIC_ICR], 0x4400
  nop
  mov dword ptr es:[DATA], 0x10
  smm_end
