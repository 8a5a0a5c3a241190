// mode: prot32
// manual: SDM vol. 2 LEA, PREFETCHh, INVLPG, NOP: no access, so no limit and no null segment faults
// pitfall: 1
// expect: eax=0xfffffff0
  xor ecx, ecx
  mov fs, cx
  prefetcht0 fs:[0x100]
  nop dword ptr fs:[0x100]
  lea eax, fs:[0xfffffff0]
  invlpg fs:[0x100]
  hlt
