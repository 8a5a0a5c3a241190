// mode: real16 prot32 long64
// manual: SDM vol. 2 ENTER, LEAVE
// init: ebp=0x1234
// expect: bp=0x1234 sp=stack_top bx=stack_top-16-WORD ax=stack_top-WORD
  enter 16, 0
  mov bx, sp
  mov ax, bp
  leave
  hlt
  .equ WORD, WORD_SIZE
