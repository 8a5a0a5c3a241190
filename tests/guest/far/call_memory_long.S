// mode: long64
// cpu: Haswell
// manual: SDM vol. 2 CALL m16:64: REX.W takes a 64-bit offset and pushes 8-byte words
// expect: rsp=stack_top-16 mem64[stack_top-16]=back mem64[stack_top-8]=0x10
  mov qword ptr [DATA], offset target
  mov word ptr [DATA + 8], CODE0_64
  .byte 0x48, 0xff, 0x1c, 0x25
  .long DATA
back:
  nop
target:
  hlt
