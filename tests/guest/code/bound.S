// mode: prot32 compat32
// manual: SDM vol. 2 BOUND: #BR, a fault, if the index is outside the bounds, which are signed
// expect-fault: br at=fault
  mov dword ptr [DATA], -5
  mov dword ptr [DATA + 4], 10
  mov eax, -5
  bound eax, [DATA]
  mov eax, 10
  bound eax, [DATA]
  inc eax
fault:
  bound eax, [DATA]
