// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 29
// manual: SDM vol. 3 10.4.3: a SIPI is ignored by a processor that does not wait for one
// expect: mem32[data_page]=2 mem32[data_page+4]=1
  apic_on
  start_cpu 1, second
1:
  pause
  cmp dword ptr [DATA], 1
  jne 1b
  mov dword ptr [CPU_START_DATA], offset wrong
  apic_write APIC_ICR, 0x4600 | (CPU_START >> 12)
  mov dword ptr [DATA + 8], 1  // only now may it go on
2:
  pause
  cmp dword ptr [DATA], 2
  jne 2b
  done
second:
  inc dword ptr [DATA + 4]
  mov dword ptr [DATA], 1
3:
  pause
  cmp dword ptr [DATA + 8], 1
  jne 3b
  mov ecx, 100000
4:
  dec ecx
  jnz 4b
  mov dword ptr [DATA], 2
  hlt
wrong:
  inc dword ptr [DATA + 4]
  hlt
  cpu_start
