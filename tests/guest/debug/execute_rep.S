// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: a breakpoint on a repeated string instruction comes once, before the first iteration
// pitfall: 16 26
// expect: ebx=1 esi=20000 ecx=0 edi=free_area+20000
  handler 1, trap
  xor ebx, ebx
  mov eax, offset string
  mov dr0, a_
  mov eax, 0x402
  mov dr7, a_
  mov edi, FREE
  mov ecx, 20000
string:
  rep stosb
  hlt
trap:
  inc ebx
  mov esi, ecx
#if BITS == 64
  or dword ptr [rsp + 16], 0x10000
#else
  or dword ptr [esp + 8], 0x10000
#endif
  iret_
