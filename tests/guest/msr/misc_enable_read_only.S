// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 4 table 2-2 IA32_MISC_ENABLE: bits 7, 11 and 12 are read-only; 0 is fast strings, on after reset
// pitfall: 18
// expect: eax=0x1800/0x1881 ebx=0x1801/0x1881
  mov ecx, 0x1a0
  rdmsr
  mov ebx, eax
  xor eax, 0x1881
  wrmsr
  rdmsr
  hlt
