// mode: prot32 long64
// needs: sse4_2
// pitfall: 22
// manual: SDM vol. 2 4.1, PCMPISTRI: strings end at a zero element; ZF, SF: one is in each operand
// expect: ecx=2 flags=cf,zf,sf,!of,!af,!pf
  put64 DATA, 0x00636261, 0x63636363
  movq xmm0, qword ptr [DATA]
  mov dword ptr [DATA], 0x63
  movd xmm1, [DATA]
  pcmpistri xmm1, xmm0, 0
  hlt
