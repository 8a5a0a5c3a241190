// mode: long64
// needs: cx16
// manual: SDM vol. 2 CMPXCHG16B
// init: rax=1 rdx=2 rbx=3 rcx=4
// expect: mem64[data_page]=3 mem64[data_page+8]=4 flags=zf
  mov qword ptr [DATA], 1
  mov qword ptr [DATA + 8], 2
  lock cmpxchg16b xmmword ptr [DATA]
  hlt
