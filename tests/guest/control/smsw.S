// mode: prot32 long64
// manual: SDM vol. 2 SMSW: 16 bits to memory, CR0 to a 32-bit register
// init: ebx=-1
// expect: mem32[data_page]=0xffff0031/0xffff003f ebx=0xffff0031/0xffff003f
  mov dword ptr [DATA], -1
  smsw [DATA]
  smsw bx
  hlt
