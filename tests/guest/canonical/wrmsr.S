// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 WRMSR, APM vol. 2 3.2: #GP(0) for a non-canonical base; 48 bits where the CPU has no more
// pitfall: 17
// expect: ebx=5
  handler 13, count
  .macro write_high index, high
  .balign 16, 0x90
  xor eax, eax
  mov ecx, \index
  mov edx, \high
  wrmsr
  .endm
  write_high 0xc0000100, 0x8000
  write_high 0xc0000101, 0x8000
  write_high 0xc0000102, 0x8000
  write_high 0xc0000082, 0x8000
  write_high 0xc0000083, 0x8000
  write_high 0xc0000100, 0x7fff
  end_slots
  hlt
count:
  next_slot 1
