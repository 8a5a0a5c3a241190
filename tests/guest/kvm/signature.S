// mode: prot32 long64
// cpu: max Haswell EPYC-Milan max,kvm=off max,-hypervisor
// manual: Linux Documentation/virt/kvm/x86/cpuid.rst: 40000000h says KVMKVMKVM, and 40000001h or more is there
// expect[max]: ebx=0x4b4d564b ecx=0x564b4d56 edx=0x4d edi=1 esi=1
// expect[Haswell]: ebx=0x4b4d564b ecx=0x564b4d56 edx=0x4d edi=1 esi=1
// expect[EPYC-Milan]: ebx=0x4b4d564b ecx=0x564b4d56 edx=0x4d edi=1 esi=1
// expect[max,kvm=off]: esi=0 edi=1
// expect[max,-hypervisor]: esi=0 edi=0
  mov eax, 1
  cpuid
  mov edi, ecx
  shr edi, 31  // the hypervisor bit
  mov eax, 0x40000000
  cpuid
  xor esi, esi
  cmp ebx, 0x4b4d564b
  jne 1f
  cmp eax, 0x40000001
  jb 1f
  inc esi
1:
  hlt
