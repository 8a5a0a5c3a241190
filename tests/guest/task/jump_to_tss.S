// mode: prot32
// manual: SDM vol. 3 7.3: state from the new TSS, TS set, old TSS available, new one busy
// pitfall: 11
// expect: esi=0x77 esp=0x5f00 cr0=8/8 tr=0x60 mem8[gdt_base+0x45]=0x89 mem8[gdt_base+0x65]=0x8b
// expect: mem32[tss_base+32]=back mem32[tss_base+40]=0x1111
  descriptor FREE_SELECTOR, FREE, 0x67, 0x89, 0
  mov dword ptr [FREE + 32], offset target
  mov dword ptr [FREE + 36], 2
  mov dword ptr [FREE + 56], 0x5f00
  mov dword ptr [FREE + 64], 0x77
  mov dword ptr [FREE + 72], DATA0
  mov dword ptr [FREE + 76], CODE0_32
  mov dword ptr [FREE + 80], DATA0
  mov dword ptr [FREE + 84], DATA0
  mov eax, 0x1111
  .byte 0xea
  .long 0
  .word FREE_SELECTOR
back:
  nop
target:
  hlt
