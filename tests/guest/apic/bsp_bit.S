// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 19
// manual: SDM vol. 3 9.4.2, figure 11-5: the BSP flag is set on the bootstrap processor alone
// expect: ebx=0xfee00900 mem32[data_page]=0xfee00800
  start_cpu 1, second
  mov ecx, MSR_APIC_BASE
  rdmsr
  mov ebx, eax
1:
  pause
  cmp dword ptr [DATA], 0
  je 1b
  done
second:
  mov ecx, MSR_APIC_BASE
  rdmsr
  mov [DATA], eax
  hlt
  cpu_start
