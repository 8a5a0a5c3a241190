// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 figure 11-10: codes 0, 1, 2, 3, 8, 9, Ah, Bh divide by 2, 4, 8, 16, 32, 64, 128, 1; both counts run on one clock
// expect: mem64[data_page]=0x0180402010080402
  apic_write APIC_LVT_TIMER, 0x10050
  apic_write APIC_TIMER_DIVIDE, 0xb
  call measure
  mov esi, ebx
  .irp code, 0, 1, 2, 3, 8, 9, 10, 11
  apic_write APIC_TIMER_DIVIDE, \code
  call measure
  mov eax, ebx
  shr eax, 1
  add eax, esi
  xor edx, edx
  div ebx
  record al
  .endr
  done
measure:  // ticks of 6400 instructions, to EBX
  apic_write APIC_TIMER_INITIAL, 0x7fffffff
  delay 6400
  apic_read APIC_TIMER_CURRENT
  mov ebx, 0x7fffffff
  sub ebx, eax
  ret
