// mode: prot32
// cpu: pentium3 Haswell EPYC-Milan
// manual: SDM vol. 3 2.5, vol. 2 CPUID.07H: CR4.SMEP, SMAP, FSGSBASE can be set if and only if CPUID shows the feature
// pitfall: 18
// expect: ebp=0
  handler 13, refused
  xor edi, edi
  xor eax, eax
  cpuid
  xor ebx, ebx
  cmp eax, 7
  jb 1f
  mov eax, 7
  xor ecx, ecx
  cpuid
1:
  mov esi, ebx
  .macro match feature, bit
  mov eax, cr4
  bts eax, \bit
  mov edi, 1
  mov cr4, eax
  bt esi, \feature
  setc al
  movzx eax, al
  xor eax, edi
  or ebp, eax
  .endm
  match 7, 20
  match 20, 21
  match 0, 16
  hlt
refused:
  add esp, 4
  xor edi, edi
  add dword ptr [esp], 3
  iret
