// mode: long64
// cpu: Haswell
// manual: SDM vol. 2 SYSEXIT: #GP(0) if RCX or RDX is not canonical with REX.W
// pitfall: 28 8
// expect: ebx=2
  handler 13, counted
  wrmsr_ 0x174, 0x10
  mov rcx, 0x800000000000
  mov edx, 0x20000
  slot sysexitq
  .balign 16, 0x90
  mov ecx, 0x13000
  mov rdx, 0x800000000000
  slot sysexitq
  end_slots
  hlt
counted:
  next_slot 1
