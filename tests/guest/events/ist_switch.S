// mode: long64
// manual: SDM vol. 3 6.14.2, 6.14.5: IST, alignment by 16, SS:RSP always pushed, SS kept without a level change
// expect: rsp=free_area+0xfc8 ss=0x18 mem64[free_area+0xfe0]=stack_top-3 mem64[free_area+0xfe8]=0x18
// expect: mem64[free_area+0xfc8]=after
  mov qword ptr [TSS + 44], FREE + 0xff9
  mov byte ptr [IDT + 0x90 * 16 + 4], 2
  mov word ptr [IDT + 0x90 * 16], offset target
  mov rsp, STACK - 3
  int 0x90
after:
  nop
target:
  hlt
