// mode: prot32 long64
// needs: sse4_2
// pitfall: 22
// manual: SDM vol. 2 4.1: lengths are absolute values and saturate at 16; PCMPESTRI flags
// expect: ecx=3 ebx=16 flags=!cf,!zf,sf,!of,!af,!pf
  put64 DATA, 0x64636261, 0
  movq xmm0, qword ptr [DATA]
  mov dword ptr [DATA], 0x64
  movd xmm1, [DATA]
  mov eax, -1000
  mov edx, -1
  pcmpestri xmm1, xmm0, 0x0c
  mov ebx, ecx
  mov eax, 1
  mov edx, 100
  pcmpestri xmm1, xmm0, 0x0c
  mov dword ptr [DATA + 32], ecx
  mov eax, 0
  mov edx, 16
  pcmpestri xmm1, xmm0, 0
  mov ecx, dword ptr [DATA + 32]
  hlt
