// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_EOI_EN: bit 1 is reserved
// expect-fault: gp 0 at=fault
  mov ecx, 0x4b564d04
  mov eax, DATA + 3
  xor edx, edx
fault:
  wrmsr
