// mode: prot32
// manual: SDM vol. 3 7.6: leaving a 16-bit task saves 16-bit values into its 44 bytes and nothing beyond
// pitfall: 11
// init: eax=0x11112222
// expect: mem16[free_area+0xe]=back mem16[free_area+0x12]=0x2222 mem16[free_area+0x1a]=0x7f00 mem16[free_area+0x28]=0x18
// expect: mem32[free_area+0x2c]=0x5555aaaa mem16[free_area+0x2a]=0x9999 tr=0x70
  descriptor FREE_SELECTOR, FREE, 0x2b, 0x81, 0
  descriptor FREE_SELECTOR+16, FREE+0x100, 0x67, 0x89, 0
  mov cx, FREE_SELECTOR
  ltr cx
  mov word ptr [FREE + 0x2a], 0x9999
  mov dword ptr [FREE + 0x2c], 0x5555aaaa
  task_at FREE+0x100, task
  jmp_far FREE_SELECTOR+16
back:
  nop
task:
  hlt
