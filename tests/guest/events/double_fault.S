// mode: prot32
// manual: SDM vol. 3 6.15 table 6-5: #NP while delivering #GP is a double fault, error code 0
// pitfall: 20
// expect-fault: df 0
  mov byte ptr [IDT + 13 * 8 + 5], 0x0e
  mov ecx, 0x12345678
  rdmsr
