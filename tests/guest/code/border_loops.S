// mode: real16 prot16 prot32 compat32 long64
// manual: SDM vol. 2 ADD, LOOP, CALL: over the end of a page each, as where a loop begins, as its end, and where a RET leads
// pitfall: 24
// expect: ax=0xc8c8 bx=0xc8c8 dx=0xc8c8
#if BITS == 16
  .equ length, 3
#else
  .equ length, 5
#endif
  xor eax, eax
  xor ebx, ebx
  xor edx, edx
  mov ecx, 200
  jmp add_
  .org 0xffe
add_:
  add ax, 0x101
  loop add_
  mov ecx, 200
1:
  add bx, 0x101
  jmp loop_
  .org 0x1fff - 0x20
back:
  add bx, 0x101
  jmp loop_
  .org 0x1fff
loop_:
  loop back
  mov ecx, 200
  jmp call_
  .org 0x2ffe - length
call_:
  call return_
  add dx, 0x101
  dec ecx
  jnz call_
  hlt
return_:
  ret
