// mode: prot32 long64
// manual: SDM vol. 2 SHLD: the count is taken modulo 32; a masked count of 0 changes nothing
// pitfall: 21
// init: eax=0x80000001 ebx=0xf0000000 flags=zf,!cf,of
// expect: eax=0x0000001f edx=0x80000001 flags=!cf
  mov edx, eax
  mov ecx, 32
  shld edx, ebx, cl
  jnz wrong
  jno wrong
  mov cl, 36
  shld eax, ebx, cl
  hlt
wrong:
  mov eax, 0
  hlt
