// mode: prot32
// cpu: Haswell
// manual: SDM vol. 4 table 2-2 IA32_MISC_ENABLE[34]: cleared again, as boot code does, the feature is back
// pitfall: 18
// expect: ebx=0x100000 efer=0x800
  mov ecx, 0x1a0
  rdmsr
  or edx, 4
  wrmsr
  and edx, ~4
  wrmsr
  mov eax, 0x80000001
  cpuid
  mov ebx, edx
  and ebx, 0x100000
  wrmsr_ 0xc0000080, 0x800
  hlt
