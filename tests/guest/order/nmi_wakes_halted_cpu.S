// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 20
// manual: SDM vol. 2 HLT: an NMI ends it with interrupts disabled too
// expect: mem32[data_page]=0x0201
  start_cpu 1, second
1:
  pause
  cmp byte ptr [DATA], 0
  je 1b
  apic_write APIC_ICR_HIGH, 1 << 24
  apic_write APIC_ICR, 0x4400
1:
  pause
  cmp byte ptr [DATA + 1], 0
  je 1b
  done
second:
  handler 2, nmi
  mov byte ptr [DATA], 1
  hlt
  mov byte ptr [DATA + 1], 2
  hlt
nmi:
  iret_
  cpu_start
