// mode: real16 prot16 prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 10.4.4.1: INIT and a SIPI with vector VV start a processor at VV000h; 11.6.1
// expect: mem32[data_page]=0x1234
#if BITS == 16
  x2apic_on
#else
  apic_on
#endif
  start_cpu 1, second
wait:
  pause
  cmp dword ptr [DATA], 0
  je wait
  done
second:
  mov dword ptr [DATA], 0x1234
  hlt
  cpu_start
