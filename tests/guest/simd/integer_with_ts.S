// mode: prot32 long64
// needs: sse4_2
// pitfall: 7
// manual: SDM vol. 3 13.1.3: CRC32, POPCNT and MOVNTI use no SSE state: CR0.EM, TS and CR4.OSFXSR do not matter
// expect: ebx=2 mem32[data_page]=5
  mov a_, cr4
  and a_, ~0x200
  mov cr4, a_
  set_bits cr0, 0xc
  mov eax, 5
  movnti dword ptr [DATA], eax
  popcnt ebx, eax
  crc32 edx, eax
  sfence
  hlt
