// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 11.6.1: an SMI goes to the processor that it is sent to; 32.3: each has a handler of its own
// expect: mem32[data_page]=1 mem32[data_page+8]=0x01000000 mem32[data_page+12]=0x77
  smm_on handler_
  apic_on
  start_cpu 1, second
  apic_write APIC_ICR_HIGH, 0x01000000
  apic_write APIC_ICR, 0x4200
1:
  pause
  cmp dword ptr [DATA + 12], 0
  je 1b
  done
second:
  cmp dword ptr [DATA], 0
  je second
  mov dword ptr [DATA + 12], 0x77
  hlt
  cpu_start
smm_handler handler_
  mov ebx, 0xfee00000
  mov eax, [ebx + APIC_ID]
  mov dword ptr es:[DATA + 8], eax
  inc dword ptr es:[DATA]
  smm_end
