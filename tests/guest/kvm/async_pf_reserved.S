// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_ASYNC_PF_EN: bits 5:4 are reserved
// expect-fault: gp 0 at=fault
  mov ecx, 0x4b564d02
  mov eax, DATA + 0x11
  xor edx, edx
fault:
  wrmsr
