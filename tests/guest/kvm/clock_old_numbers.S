// mode: prot32 long64
// cpu: max max,-kvmclock-old
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_SYSTEM_TIME: 12h is the same as 4b564d01h by another number,
// manual: cpuid.rst: it is there with KVM_FEATURE_CLOCKSOURCE
// expect[max]: eax=data_page+1 ebx=1
// expect-fault[max,-kvmclock-old]: gp 0 at=fault
  mov ecx, 0x12
  mov eax, DATA | 1
  xor edx, edx
fault:
  wrmsr
  mov ebx, dword ptr [DATA + 24]  // the multiplier
  test ebx, ebx
  setnz bl
  movzx ebx, bl
  mov ecx, 0x4b564d01
  rdmsr
  hlt
