// mode: real16
// manual: SDM vol. 3 20.1.1, 5.3: an instruction that runs over offset FFFFH is #GP
// pitfall: 1
// expect-fault: gp none rip=0xffff cs=0x1000
  mov ax, 0x1000
  mov es, ax
  mov byte ptr es:[0xffff], 0xb8
  .byte 0xea
  .word 0xffff
  .word 0x1000
