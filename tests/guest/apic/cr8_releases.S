// mode: long64
// machine: pc
// pitfall: 20
// init: flags=if
// manual: SDM vol. 3 11.8.6: lowering CR8 lets a pending interrupt through at once
// expect-fault: 0x95 none at=after
  mov eax, 9
  mov cr8, rax
  self_ipi 0x95
  nop
  mov eax, 8
  mov cr8, rax
after:
  nop
  hlt
