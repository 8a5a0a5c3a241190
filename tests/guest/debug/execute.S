// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: a fault before the instruction; DR6.B0
// pitfall: 16
// expect-fault: db at=target ecx=0 dr6=1/0xf
  mov a_, offset target
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
target:
  add ecx, 1
