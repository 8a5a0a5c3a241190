// mode: prot32
// cpu: Haswell
// manual: SDM vol. 4 table 2-2 IA32_MISC_ENABLE[34]: 1 hides CPUID.80000001H:EDX[20]; EFER.NXE is reserved then
// pitfall: 18
// expect-fault: gp 0 at=fault
// expect: ebx=0 esi=0x100000
  mov eax, 0x80000001
  cpuid
  mov esi, edx
  and esi, 0x100000
  mov ecx, 0x1a0
  rdmsr
  or edx, 4
  wrmsr
  mov eax, 0x80000001
  cpuid
  mov ebx, edx
  and ebx, 0x100000
  mov ecx, 0xc0000080
  mov eax, 0x800
  xor edx, edx
fault:
  wrmsr
