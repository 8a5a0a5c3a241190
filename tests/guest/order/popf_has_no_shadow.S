// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 2 POPF, STI: STI delays interrupts by an instruction, POPF does not
// expect-fault: 0x41 none at=after
  self_ipi 0x41
  pushf
  or dword ptr [sp_], 0x200
  popf
after:
  nop
  hlt
