// mode: real16 prot32 long64
// manual: SDM vol. 2 BT and 3.1.1.9: a register offset reaches beyond the operand
// pitfall: 21
// init: eax=100
// expect: flags=cf
  mov byte ptr [DATA + 12], 0x10
  bt dword ptr [DATA], eax
  hlt
