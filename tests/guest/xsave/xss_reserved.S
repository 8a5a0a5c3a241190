// mode: prot32 long64
// needs: xsaves
// pitfall: 18
// manual: SDM vol. 1 13.3: IA32_XSS takes only bits that CPUID.(0DH,1):EDX:ECX shows
// expect-fault: gp 0 at=fault ebx=0
  mov eax, 0xd
  mov ecx, 1
  cpuid
  or ecx, edx
  mov ebx, ecx
  mov ecx, 0xda0
  mov eax, 0x100
  xor edx, edx
fault:
  wrmsr
