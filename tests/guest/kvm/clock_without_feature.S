// mode: prot32 long64
// cpu: max,-kvmclock max,kvm=off max,-hypervisor
// manual: Linux Documentation/virt/kvm/x86/cpuid.rst KVM_FEATURE_CLOCKSOURCE2: the MSR is there with the feature
// expect-fault: gp 0 at=fault
  mov ecx, 0x4b564d01
  xor eax, eax
  xor edx, edx
fault:
  wrmsr
