// mode: long64
// needs: smep
// manual: SDM vol. 3 4.6, 4.7
// expect-fault: pf 0x11 at=target cr2=target
  set_bits cr4, 0x100000
  mov rax, offset target
  jmp rax
  .section .user
target:
  hlt
