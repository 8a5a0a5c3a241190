// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #NP while delivering INT n, which is benign: delivered in turn, without EXT
// expect-fault: np 0x282 at=fault
  absent 0x50
fault:
  int 0x50
