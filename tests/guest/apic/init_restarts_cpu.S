// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 20
// manual: SDM vol. 3 11.6.1, 11.4.7.3: INIT puts a running processor into wait-for-SIPI; its APIC's registers are reset, not its ID
// expect: mem32[data_page]=2 mem32[data_page+4]=0xff mem32[data_page+8]=0x01000000
  start_cpu 1, second
1:
  pause
  cmp dword ptr [DATA], 1
  jne 1b
  start_cpu 1, second
1:
  pause
  cmp dword ptr [DATA + 8], 0
  je 1b
  done
second:
  lock inc dword ptr [DATA]
  cmp dword ptr [DATA], 2
  je 1f
  apic_on
  hlt
1:
  apic_read APIC_SVR
  mov [DATA + 4], eax
  apic_read APIC_ID
  mov [DATA + 8], eax
  hlt
  cpu_start
