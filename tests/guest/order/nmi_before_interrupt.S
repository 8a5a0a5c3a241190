// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 6-2: NMI comes before maskable interrupts, which wait for the handler's IRET
// expect: mem32[data_page]=0x00214102
  handler 2, nmi
  handler 0x41, interrupt
  self_ipi 0x41
  mov eax, 0x4400
  sti
#if BITS == 64
  movabs dword ptr [APIC + APIC_ICR], eax
#else
  mov dword ptr [APIC + APIC_ICR], eax
#endif
  nop
  record 0x21
  done
nmi:
  record 2
  iret_
interrupt:
  record 0x41
  eoi
  iret_
