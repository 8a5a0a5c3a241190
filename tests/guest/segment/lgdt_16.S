// mode: real16 prot16
// manual: SDM vol. 2 LGDT: with a 16-bit operand size the base has 24 bits
// expect: gdtr.base=0x345678 gdtr.limit=0x1234
  lgdt [table]
  hlt
table:
  .word 0x1234
  .long 0x12345678
