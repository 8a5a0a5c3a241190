// mode: prot32 long64
// manual: SDM vol. 3 13.1.3: without CR4.OSFXSR SSE instructions are #UD
// expect-fault: ud at=fault
  mov a_, cr4
  and a_, ~0x200
  mov cr4, a_
fault:
  addps xmm0, xmm1
