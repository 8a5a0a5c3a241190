// mode: long64
// cpu: EPYC-Milan
// manual: APM vol. 3 CALL (Far): mem16:32 is the largest; the host itself: REX.W makes what is pushed 8 bytes wide
// pitfall: 24
// expect: rsp=stack_top-16 mem64[stack_top-16]=back mem64[stack_top-8]=0x10
  mov dword ptr [DATA], offset target
  mov dword ptr [DATA + 4], CODE0_64
  .byte 0x48, 0xff, 0x1c, 0x25
  .long DATA
back:
  nop
target:
  hlt
