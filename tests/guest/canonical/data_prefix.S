// mode: long64
// manual: SDM vol. 1 3.3.4: a DS prefix is ignored in 64-bit mode: RSP still means the stack
// pitfall: 8
// expect-fault: ss 0 at=fault
  mov rsp, 0x800000000000
fault:
  .byte 0x3e
  mov rax, [rsp + 16]
