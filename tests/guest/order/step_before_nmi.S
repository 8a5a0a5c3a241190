// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 6-2: the single-step trap comes before NMI: the NMI finds the #DB handler at its first instruction
// expect: mem32[data_page]=0x00000102
  handler 1, step
  handler 2, nmi
  mov eax, 0x4400
  mov b_, sp_
  pushf
  or dword ptr [sp_], 0x100
  popf
#if BITS == 64
  movabs dword ptr [APIC + APIC_ICR], eax
#else
  mov dword ptr [APIC + APIC_ICR], eax
#endif
  nop
  hlt
step:
  record 1
  done
nmi:
#if BITS == 64
  cmp qword ptr [rsp], offset step
#else
  cmp dword ptr [esp], offset step
#endif
  jne 1f
  record 2
1:
  iret_
