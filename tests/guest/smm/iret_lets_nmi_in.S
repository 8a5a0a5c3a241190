// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 32.8: IRET of the handler unblocks NMIs in SMM
// expect: mem32[data_page]=0x21
  smm_on handler_
  apic_on
  smi
  hlt
smm_handler handler_
  mov esp, 0x6000
  mov word ptr es:[0x8], offset nmi_
  mov word ptr es:[0xa], 0
  lidt cs:[table]
  mov ebx, 0xfee00000
  mov dword ptr [ebx + APIC_ICR_HIGH], 0
  mov dword ptr [ebx + APIC_ICR], 0x4400
  mov dword ptr es:[DATA], 1
  pushf
  push 0
  push offset 1f
  iret
1:
  or dword ptr es:[DATA], 0x20
  rsm
nmi_:
  cmp dword ptr es:[DATA], 1
  je 2f
  mov dword ptr es:[DATA], 0xff
2:
  iret
table:
  .word 0x3ff
  .long 0
  smm_end
