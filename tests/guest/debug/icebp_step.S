// mode: prot32 long64
// manual: SDM vol. 2 INT1, vol. 3 17.2.3: INT1 is #DB without BS, and clears TF on the way in: one #DB
// pitfall: 16
// expect: ebx=1 ecx=0
  handler 1, trap
  xor ebx, ebx
  push 0x102
  popf
  .byte 0xf1
  hlt
trap:
  inc ebx
  mov a_, dr6
  mov ecx, eax
  and ecx, 0xe00f
  hlt
