// mode: long64
// manual: SDM vol. 2 CMPXCHG: only on failure is the accumulator loaded (and RAX zero-extended); so on AMD EPYC
// pitfall: 27
// init: rax=0x1111111100000007 rcx=9
// expect: rax=0x1111111100000007 mem64[data_page]=0x2222222200000009 flags=zf
  mov dword ptr [DATA], 7
  mov dword ptr [DATA + 4], 0x22222222
  lock cmpxchg dword ptr [DATA], ecx
  hlt
