// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/msr.rst MSR_KVM_ASYNC_PF_EN, _INT, EOI_EN, POLL_CONTROL: what is written is
// manual: read back; polling is on after reset
// expect: esi=1 edi=data_page+11 ebp=0xf3 ebx=data_page+1 eax=0
  mov ecx, 0x4b564d05
  rdmsr
  mov esi, eax
  wrmsr_ 0x4b564d06, 0xf3
  rdmsr
  mov ebp, eax
  wrmsr_ 0x4b564d02, DATA + 11  // enabled, at any level, by interrupt
  rdmsr
  mov edi, eax
  wrmsr_ 0x4b564d02, 0
  wrmsr_ 0x4b564d04, DATA + 1
  rdmsr
  mov ebx, eax
  wrmsr_ 0x4b564d05, 0
  rdmsr
  hlt
