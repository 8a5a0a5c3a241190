// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #NP while delivering #UD, which is benign: delivered in turn, with EXT
// expect-fault: np 0x33 at=fault
  absent 6
fault:
  ud2
