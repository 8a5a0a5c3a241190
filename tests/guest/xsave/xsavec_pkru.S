// mode: long64
// needs: xsavec pku avx
// pitfall: 22
// manual: SDM vol. 1 13.4.3: in the compacted format PKRU follows the components before it; CPUID.(0DH,9) has its standard place
// expect: mem64[data_page+512]=0x200 mem32[data_page+576+256]=0x54 mem32[free_area+2688]=0x54 eax=8 ebx=2688
  set_bits cr4, 0x440000
  xor ecx, ecx
  mov eax, 0x207
  xor edx, edx
  xsetbv
  vzeroall
  mov eax, 0x54
  wrpkru
  mov eax, 0x204
  xsavec [DATA]
  mov eax, 0x200
  xsave [FREE]
  mov eax, 0xd
  mov ecx, 9
  cpuid
  hlt
