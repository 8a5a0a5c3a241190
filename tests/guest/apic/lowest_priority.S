// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 19
// manual: SDM vol. 3 11.6.2.4: of the APICs named, the one of lowest processor priority takes the interrupt
// expect: ebx=0 mem32[data_page]=0x41
  start_cpu 1, second
  apic_write APIC_LDR, 0x01000000
  apic_write APIC_TPR, 0x80
1:
  pause
  cmp dword ptr [DATA + 4], 0
  je 1b
  apic_write APIC_ICR_HIGH, 0x03000000
  apic_write APIC_ICR, 0x4941
1:
  pause
  cmp dword ptr [DATA], 0
  je 1b
  apic_read APIC_IRR + 0x20
  mov ebx, eax
  done
second:
  handler 0x41, taken
  apic_on
  apic_write APIC_LDR, 0x02000000
  mov dword ptr [DATA + 4], 1
  sti
1:
  hlt
  jmp 1b
taken:
  mov dword ptr [DATA], 0x41
  eoi
  iret_
  cpu_start
