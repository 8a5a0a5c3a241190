// mode: real16 prot32 long64
// machine: pc
// init: flags=if
// manual: 8259A datasheet, ICW2: T7-T3 are the vector's upper five bits
// expect-fault: 0x68 none
  pic_on 0x6b, 1
  pit_on 0x30, 20
  delay 600
  cli
