// mode: prot32 long64
// manual: SDM vol. 2 PUSHF: VM and RF are 0 in the image
// pitfall: 16
// expect: eax=0 ebx=1
  handler 6, handle
  xor ebx, ebx
  ud2
  nop
handle:
  inc ebx
  cmp ebx, 2
  je done_
#if BITS == 64
  mov dword ptr [rsp], offset pushes
  or dword ptr [rsp + 16], 0x10000
#else
  mov dword ptr [esp], offset pushes
  or dword ptr [esp + 8], 0x10000
#endif
  iret_
pushes:
  pushf
  pop a_
  and eax, 0x30000
done_:
  hlt
