// mode: prot32 long64
// machine: pc
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_SYSTEM_TIME_NEW: system time = (TSC - tsc_timestamp) scaled
// manual: by tsc_to_system_mul and tsc_shift, plus system_time; bit 0 of flags: the same on all vCPUs
// On this machine a tick of the TSC is a nanosecond, and both began at 0.
// expect: esi=0 edi=0 ebp=1
  wrmsr_ 0x4b564d01, DATA | 1
  mov edi, dword ptr [DATA]
  and edi, 1
  movzx ebp, byte ptr [DATA + 29]
  movzx ecx, byte ptr [DATA + 28]
  rdtsc
  mov esi, eax
  sub eax, dword ptr [DATA + 8]
  shl eax, cl
  mul dword ptr [DATA + 24]
  add edx, dword ptr [DATA + 16]
  sub esi, edx
  hlt
