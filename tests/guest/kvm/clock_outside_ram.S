// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst: the area must be in guest RAM
// Where it is not, nothing is written and nothing else happens.
// expect: eax=0xfffff001 ebx=5
  mov ebx, 5
  wrmsr_ 0x4b564d01, 0xfffff001
  wrmsr_ 0x4b564d00, 0xfffff000
  wrmsr_ 0x4b564d03, 0xfffff001
  mov ecx, 0x4b564d01
  rdmsr
  hlt
