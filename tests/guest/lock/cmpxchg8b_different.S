// mode: real16 prot32 long64
// manual: SDM vol. 2 CMPXCHG8B: loads the operand into EDX:EAX and clears ZF
// init: eax=1 edx=2 ebx=3 ecx=4 flags=zf,cf
// expect: mem64[data_page]=0x0000000900000001 eax=1 edx=9 flags=!zf,cf
  mov dword ptr [DATA], 1
  mov dword ptr [DATA + 4], 9
  cmpxchg8b qword ptr [DATA]
  hlt
