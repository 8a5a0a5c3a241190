// mode: real16
// manual: SDM vol. 3 9.9.1 switching to protected mode
// expect: cr0=1/1 eax=0x12345678 cs=8
  lgdt [table]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  .byte 0xea
  .word target
  .word CODE0_32
table:
  .word GDT_LIMIT
  .long GDT
  .code32
target:
  mov eax, 0x12345678
  hlt
