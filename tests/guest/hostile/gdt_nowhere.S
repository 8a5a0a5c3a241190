// mode: prot32
// pitfall: 30
// manual: SDM vol. 3 3.4.5.1: all ones is a conforming readable code segment, present, DPL 3: good for DS
// expect: ds=8 ds.limit=0xffffffff
  lgdt [table]
  mov eax, 8
  mov ds, eax
  hlt
table:
  .word 0xffff
  .long 0x40000000
