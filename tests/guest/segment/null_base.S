// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 3.4.4: a null selector loads a base of 0; APM vol. 2 4.5.3, with NullSelectClearsBase
// pitfall: 1
// expect: eax=0x55aa fs=3 fs.base=0
  mov dword ptr [DATA], 0x55aa
  wrmsr_ 0xc0000100, 0x10000
  mov ecx, 3
  mov fs, ecx
  mov eax, fs:[DATA]
  hlt
