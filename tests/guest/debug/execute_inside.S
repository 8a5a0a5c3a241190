// mode: prot32 long64
// manual: SDM vol. 3 17.2.5: an instruction breakpoint is the address of its first byte, prefixes too; inside nothing comes
// pitfall: 16
// expect: ecx=2
  mov eax, offset target + 1
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
target:
  .byte 0x3e, 0x83, 0xc1, 0x02
  hlt
