// mode: long64
// needs: pku
// pitfall: 22
// manual: SDM vol. 1 13.8: XRSTOR of component 9 loads PKRU, and zero when XSTATE_BV says so
// expect: ebx=0x54 eax=0
  set_bits cr4, 0x440000
  xor ecx, ecx
  mov eax, 0x201
  xor edx, edx
  xsetbv
  mov eax, 0x54
  wrpkru
  mov eax, 0x200
  xsave [FREE]
  xor eax, eax
  wrpkru
  mov eax, 0x200
  xrstor [FREE]
  rdpkru
  mov ebx, eax
  mov dword ptr [FREE + 512], 0
  mov eax, 0x200
  xrstor [FREE]
  rdpkru
  hlt
