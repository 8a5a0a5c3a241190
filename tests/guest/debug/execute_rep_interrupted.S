// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: RF in the image of an interrupt between iterations keeps the breakpoint from coming again
// pitfall: 16 26
// expect: ebx=1 ebp=1 ecx=0
  handler 1, trap
  handler 0x55, interrupt
  xor ebx, ebx
  xor ebp, ebp
  mov eax, offset string
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  mov esi, 0
  mov ecx, 0x20000
  sti
string:
  rep lodsb
  hlt
trap:
  inc ebx
#if BITS == 64
  or dword ptr [rsp + 16], 0x10000
#else
  or dword ptr [esp + 8], 0x10000
#endif
  iret_
interrupt:
  inc ebp
  iret_
