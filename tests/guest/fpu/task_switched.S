// mode: prot32 long64
// manual: SDM vol. 3 2.5: CR0.TS makes x87 instructions #NM
// expect-fault: nm at=fault
  set_bits cr0, 8
fault:
  fld1
