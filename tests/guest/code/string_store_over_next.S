// mode: real16 prot32 long64
// manual: SDM vol. 3 11.6: a string store over the code behind it
// pitfall: 25
// expect: bx=0
  cld
  mov di_, offset target
  mov c_, 8
  mov al, 0x90
  rep stosb
target:
  .rept 4
  mov bl, 1
  .endr
  hlt
