// mode: prot32 long64
// needs: avx
// pitfall: 22
// manual: SDM vol. 1 13.4.3, CPUID.(0DH,2): the upper halves from byte 576 on
// expect: mem64[data_page+576+16]=0xffffffffffffffff mem64[data_page+512]=6/6 eax=256 ebx=576
  avx_on
  vcmptrueps ymm1, ymm1, ymm1
  mov eax, 7
  xor edx, edx
  xsave [DATA]
  mov eax, 0xd
  mov ecx, 2
  cpuid
  hlt
