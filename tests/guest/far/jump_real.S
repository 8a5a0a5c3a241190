// mode: real16
// manual: SDM vol. 2 JMP: in real-address mode CS base is the selector times 16
// expect: cs=0x800 bx=1 cs.base=0x8000
  .byte 0xea
  .word target - 0x8000
  .word 0x800
target:
  inc bx
  hlt
