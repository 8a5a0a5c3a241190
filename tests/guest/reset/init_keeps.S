// mode: prot32 long64
// machine: pc
// cpus: 2
// pitfall: 29
// manual: SDM vol. 3 table 10-1: INIT keeps XMM registers, PAT, MTRRs and most MSRs, and clears CR2, DR0 to DR3 and CR4
// expect: mem32[data_page+16]=0x1234 mem32[data_page+20]=0x55 mem32[data_page+24]=0xc06 mem32[data_page+28]=0x01010101
// expect: mem32[data_page+32]=0 mem32[data_page+36]=0
  apic_on
  start_cpu 1, before
1:
  pause
  cmp dword ptr [DATA], 1
  jne 1b
  start_cpu 1, after
2:
  pause
  cmp dword ptr [DATA], 2
  jne 2b
  done
before:
  mov eax, 0x1234
  movd xmm0, eax
  mov cr2, a_
  mov dr0, a_
  wrmsr_ 0x174, 0x55
  wrmsr_ 0x2ff, 0xc06
  wrmsr_ 0x277, 0x01010101
  mov dword ptr [DATA], 1
  hlt
after:
  movd eax, xmm0
  mov dword ptr [DATA + 16], eax
  mov ecx, 0x174
  rdmsr
  mov dword ptr [DATA + 20], eax
  mov ecx, 0x2ff
  rdmsr
  mov dword ptr [DATA + 24], eax
  mov ecx, 0x277
  rdmsr
  mov dword ptr [DATA + 28], eax
  mov a_, cr2
  mov dword ptr [DATA + 32], eax
  mov a_, dr0
  mov dword ptr [DATA + 36], eax
  mov dword ptr [DATA], 2
  hlt
  cpu_start
