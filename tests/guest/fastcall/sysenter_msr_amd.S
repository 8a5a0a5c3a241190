// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 WRMSR: #GP(0) for non-canonical SYSENTER_ESP and _EIP; APM vol. 2 6.2.2: 32 bits, the upper ones ignored
// pitfall: 17 28
// expect[Haswell]: ebx=2
// expect[EPYC-Milan]: ebx=0
  handler 13, counted
  mov ecx, 0x175
  mov edx, 0x12345678
  slot wrmsr
  .balign 16, 0x90
  mov ecx, 0x176
  mov edx, 0x12345678
  slot wrmsr
  end_slots
  hlt
counted:
  next_slot 1
