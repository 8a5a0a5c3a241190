// mode: prot32 long64
// manual: SDM vol. 2 XADD
// init: eax=3
// expect: eax=5 mem32[data_page]=8
  mov dword ptr [DATA], 5
  lock xadd dword ptr [DATA], eax
  hlt
