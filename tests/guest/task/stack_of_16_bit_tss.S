// mode: prot32
// manual: SDM vol. 3 7.6: inner stacks of a 16-bit TSS: SP0 at 2, SS0 at 4
// pitfall: 11
// expect: esp=0x6fec ss=0x18 mem32[0x6ffc]=0x2b
  descriptor FREE_SELECTOR, FREE, 0x2b, 0x81, 0
  mov word ptr [FREE + 2], 0x7000
  mov word ptr [FREE + 4], DATA0
  mov cx, FREE_SELECTOR
  ltr cx
  handler 0x90, target
  to_user user
target:
  hlt
  .section .user
user:
  int 0x90
