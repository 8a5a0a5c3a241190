// mode: prot32 long64
// machine: pc
// cpus: 3
// pitfall: 19
// manual: SDM vol. 3 11.6.1: destination shorthand 11: every processor but the sender
// expect: ebx=0 mem32[data_page]=2
  start_cpu 1, other
  start_cpu 2, other
1:
  pause
  cmp dword ptr [DATA + 4], 2
  jne 1b
  apic_write APIC_ICR, 0xc4041
1:
  pause
  cmp dword ptr [DATA], 2
  jne 1b
  apic_read APIC_IRR + 0x20
  mov ebx, eax
  done
other:
  handler 0x41, taken
  apic_on
  lock inc dword ptr [DATA + 4]
  sti
1:
  hlt
  jmp 1b
taken:
  lock inc dword ptr [DATA]
  eoi
  iret_
  cpu_start
