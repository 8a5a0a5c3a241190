// mode: long64
// cpu: Haswell,+la57 EPYC-Milan,+la57
// needs: la57
// manual: SDM vol. 3 4.5.2: WRMSR, LGDT and their kin check 57 bits where the CPU has 5-level paging, whatever CR4.LA57 is
// pitfall: 17
// expect: ebx=1 gdtr.base=0x800000000000
  handler 13, count
  .macro write_high index, high
  .balign 16, 0x90
  xor eax, eax
  mov ecx, \index
  mov edx, \high
  wrmsr
  .endm
  write_high 0xc0000100, 0x8000
  write_high 0xc0000102, 0x8000
  write_high 0xc0000082, 0x8000
  write_high 0xc0000100, 0x1000000
  end_slots
  mov rax, 0x800000000000
  mov [DATA + 2], rax
  lgdt [DATA]
  hlt
count:
  next_slot 1
