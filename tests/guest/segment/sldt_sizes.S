// mode: long64
// manual: SDM vol. 2 SLDT, STR: 16 bits to memory, zero-extended to a 32- or 64-bit register
// init: rax=-1 rbx=-1 rcx=-1
// expect: rax=0x40 rbx=0xffffffffffff0040 rcx=0x40 mem32[data_page]=0xffff0040
  mov dword ptr [DATA], -1
  str eax
  str bx
  str rcx
  str [DATA]
  hlt
