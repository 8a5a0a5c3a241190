// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 20
// manual: SDM vol. 3 9.4.3, 11.6.1: a processor that does not wait for a SIPI ignores it
// expect: mem32[data_page]=1 mem32[data_page+4]=1
  start_cpu 1, second
  handler 0x41, taken
1:
  pause
  cmp dword ptr [DATA], 0
  je 1b
  apic_write APIC_ICR_HIGH, 1 << 24
  apic_write APIC_ICR, 0x4600 | (CPU_START >> 12)
  apic_write APIC_ICR, 0x4041
1:
  pause
  cmp dword ptr [DATA + 4], 0
  je 1b
  done
second:
  apic_on
  lock inc dword ptr [DATA]
  sti
1:
  hlt
  jmp 1b
taken:
  lock inc dword ptr [DATA + 4]
  eoi
  iret_
  cpu_start
