// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.10.2: logical ID = ID[31:4] << 16 | 1 << ID[3:0]; ID and LDR of both CPUs
// expect: ebx=0 esi=1 mem32[data_page]=1 mem32[data_page+4]=2
  start_cpu 1, second
  x2apic_on
  x2apic_read APIC_ID
  mov ebx, eax
  x2apic_read APIC_LDR
  mov esi, eax
1:
  pause
  cmp dword ptr [DATA + 4], 0
  je 1b
  done
second:
  x2apic_on 0
  x2apic_read APIC_ID
  mov [DATA], eax
  x2apic_read APIC_LDR
  mov [DATA + 4], eax
  hlt
  cpu_start
