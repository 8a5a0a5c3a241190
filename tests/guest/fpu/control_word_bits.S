// mode: real16 prot32 long64
// pitfall: 5
// manual: SDM vol. 1 8.1.5: bit 6 reads as 1, bits 7 and 15:13 as 0
// expect: mem16[data_page]=0x1f7f
  fcw_ 0xffbf
  fnstcw [DATA]
  hlt
