// mode: prot32 long64
// pitfall: 20
// manual: SDM vol. 3 table 6-5: #NP while delivering #DE, both contributory: double fault
// expect-fault: df 0
  absent 0
  xor ecx, ecx
  div ecx
  hlt
