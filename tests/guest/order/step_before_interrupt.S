// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 6-2: the single-step trap comes before an interrupt of the same instruction
// expect: mem32[data_page]=0x00004101
  handler 1, step
  handler 0x41, interrupt
  mov eax, 0x44041
  pushf
  or dword ptr [sp_], 0x300
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
#if BITS == 64
  and dword ptr [rsp + 16], ~0x100
#else
  and dword ptr [esp + 8], ~0x100
#endif
  iret_
interrupt:
  record 0x41
  done
