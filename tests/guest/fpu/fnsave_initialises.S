// mode: real16 prot16 prot32 compat32 long64
// pitfall: 5
// manual: SDM vol. 2 FSAVE: stores, then initialises as FNINIT, without looking at pending exceptions
// expect: fcw=0x37f fsw=0 ftw=0 fip=0 mem16[data_page]=0x37b
// expect[real16 prot16]: mem16[data_page+2]=0xb084/0xb8ff mem64[data_page+14]=0 mem16[data_page+32]=0x3fff
// expect[prot32 compat32 long64]: mem16[data_page+4]=0xb084/0xb8ff mem64[data_page+28]=0 mem16[data_page+46]=0x3fff
  zero_divide
  fnsave [DATA]
  hlt
