// mode: long64
// needs: lahf_lm
// manual: SDM vol. 2 LAHF, SAHF, 2.2.1.2: they use AH with a REX prefix too
// pitfall: 21
// init: rax=0 flags=cf,!zf,!sf,!pf,!af
// expect: rax=0x0300 rsp=stack_top flags=!cf,zf
  .byte 0x4c
  lahf
  mov rbx, rax
  mov ah, 0x42
  .byte 0x49
  sahf
  mov rax, rbx
  hlt
