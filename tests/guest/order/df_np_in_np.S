// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #NP while delivering #NP: double fault
// expect-fault: df 0
  absent 11
  absent 0x50
  int 0x50
