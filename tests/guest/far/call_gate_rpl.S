// mode: prot32
// manual: SDM vol. 3 5.8.4: #GP(selector) if RPL is above the gate's DPL, at CPL 0 too
// pitfall: 9
// expect-fault: gp 0x60 at=fault
  gate GDT+FREE_SELECTOR, CODE0_32, start, 0x8c
fault:
  call_far FREE_SELECTOR|3
