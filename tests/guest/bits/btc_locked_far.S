// mode: prot32 long64
// manual: SDM vol. 2 BTC and 3.1.1.9: LOCK with an offset outside the operand
// pitfall: 21 27
// expect: mem8[data_page+0x100]=0x80 flags=!cf
  mov byte ptr [DATA + 0x100], 0
  mov ecx, 0x100 * 8 + 7
  lock btc dword ptr [DATA], ecx
  hlt
