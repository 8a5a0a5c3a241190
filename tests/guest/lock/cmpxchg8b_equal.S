// mode: real16 prot32 long64
// manual: SDM vol. 2 CMPXCHG8B
// init: eax=1 edx=2 ebx=3 ecx=4
// expect: mem64[data_page]=0x0000000400000003 eax=1 edx=2 flags=zf
  mov dword ptr [DATA], 1
  mov dword ptr [DATA + 4], 2
  lock cmpxchg8b qword ptr [DATA]
  hlt
