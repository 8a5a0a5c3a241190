// mode: prot32
// manual: SDM vol. 3 table 6-2: the instruction breakpoint comes before the limit violation of the same fetch
// pitfall: 16 1
// expect-fault: db cs=0x60 dr6=1/0xf
  descriptor FREE_SELECTOR, 0, 0x8fff, 0x9b, 4
  mov eax, 0x9000
  mov dr0, eax
  mov eax, 0x402
  mov dr7, eax
  mov byte ptr [0x8fff], 0x90
  jmp_far FREE_SELECTOR, 0x8fff
