// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_POLL_CONTROL: bit 0 alone has a meaning
// expect-fault: gp 0 at=fault
  mov ecx, 0x4b564d05
  mov eax, 2
  xor edx, edx
fault:
  wrmsr
