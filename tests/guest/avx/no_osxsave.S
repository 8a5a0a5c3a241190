// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 2 2.4: VEX instructions are #UD without CR4.OSXSAVE
// expect-fault: ud at=fault
  nop
fault:
  vaddps xmm0, xmm0, xmm0
