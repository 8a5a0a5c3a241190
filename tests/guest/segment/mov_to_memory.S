// mode: prot32 long64
// manual: SDM vol. 2 MOV: a segment register goes to memory as 16 bits, to a register zero-extended
// init: eax=-1 ebx=-1
// expect: mem32[data_page]=0xffff0018 eax=0x18 ebx=0xffff0018/0xffff0000 bx=0x18
  mov dword ptr [DATA], -1
  mov [DATA], ds
  mov eax, ds
  mov bx, ds
  hlt
