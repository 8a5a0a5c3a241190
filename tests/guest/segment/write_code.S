// mode: prot32 compat32
// manual: SDM vol. 3 5.5: no code segment is writable
// pitfall: 1
// expect-fault: gp 0 at=fault
  mov eax, cs:[DATA]
fault:
  mov dword ptr cs:[DATA], 1
