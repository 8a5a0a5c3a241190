// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 6-2: of an SMI and an NMI that wait for RSM the SMI is taken first
// expect-fault: nmi at=after
// expect: mem32[data_page]=2
  smm_on handler_
  apic_on
  smi
after:
  hlt
smm_handler handler_
  inc dword ptr es:[DATA]
  cmp dword ptr es:[DATA], 1
  jne 1f
  mov ebx, 0xfee00000
  mov dword ptr [ebx + APIC_ICR_HIGH], 0
  mov dword ptr [ebx + APIC_ICR], 0x4400
  smi
1:
  smm_end
