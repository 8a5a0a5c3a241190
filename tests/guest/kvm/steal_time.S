// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_STEAL_TIME: an even version when whole; `preempted` is 0
// manual: while the vCPU runs; what was stolen so far stays
// expect: eax=9 ebx=0 ecx=0
  mov dword ptr [DATA], 9
  mov dword ptr [DATA + 8], 1
  mov byte ptr [DATA + 16], 1
  wrmsr_ 0x4b564d03, DATA | 1
  mov eax, dword ptr [DATA]
  mov ebx, dword ptr [DATA + 8]
  and ebx, 1
  movzx ecx, byte ptr [DATA + 16]
  hlt
