// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 4 table 2-2 IA32_MISC_ENABLE[22], vol. 2 CPUID: leaf 0 says 2; leaf 4 is beyond and gives that of leaf 2
// pitfall: 18
// expect: esi=2 edi=0 ebp=1
  mov eax, 2
  cpuid
  mov dword ptr [DATA], eax
  mov dword ptr [DATA + 4], edx
  mov ecx, 0x1a0
  rdmsr
  or eax, 0x400000
  wrmsr
  xor eax, eax
  cpuid
  mov esi, eax
  mov eax, 4
  xor ecx, ecx
  cpuid
  sub eax, [DATA]
  sub edx, [DATA + 4]
  or eax, edx
  mov edi, eax
  mov eax, 0x80000000
  cpuid
  xor ebp, ebp
  cmp eax, 0x80000001
  adc ebp, 0
  xor ebp, 1
  hlt
