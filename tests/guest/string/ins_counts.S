// mode: real16 prot32 long64
// machine: pc
// manual: SDM vol. 2 INS, REP: one port read an element
// pitfall: 26
// expect: cx=0 di=data_page+2 mem16[data_page]=0x1234
  out_ 0x61, 0
  out_ 0x43, 0xb0
  out_ 0x42, 0x34
  out_ 0x42, 0x12
  delay 60
  out_ 0x43, 0x80
  mov dx, 0x42
  mov di_, DATA
  mov c_, 2
  rep insb
  hlt
