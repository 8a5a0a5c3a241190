// mode: real16 prot32 long64
// manual: SDM vol. 2 BTS: an immediate offset is taken modulo the operand size
// pitfall: 21
// expect: mem32[data_page]=2 mem32[data_page+4]=0
  lea si_, [DATA]
  bts dword ptr [si_], 33
  hlt
