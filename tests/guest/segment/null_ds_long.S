// mode: long64
// manual: SDM vol. 3 5.4.1.1: no null check on data accesses in 64-bit mode
// expect: eax=0x77 ds=0
  mov byte ptr [DATA], 0x77
  xor ecx, ecx
  mov ds, ecx
  mov eax, [DATA]
  hlt
