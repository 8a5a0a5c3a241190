// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_ASYNC_PF_INT: bits 63:8 are reserved
// expect-fault: gp 0 at=fault
  mov ecx, 0x4b564d06
  mov eax, 0x1f3
  xor edx, edx
fault:
  wrmsr
