// mode: long64
// manual: SDM vol. 3 3.4.4, 3.3: in compatibility mode linear addresses have 32 bits
// pitfall: 1
// expect: eax=0x55
  mov byte ptr [DATA], 0x55
  wrmsr_ 0xc0000100, DATA, 1
  push CODE0_32
  push offset narrow
  retfq
narrow:
  .code32
  movzx eax, byte ptr fs:[0]
  hlt
  .code64
