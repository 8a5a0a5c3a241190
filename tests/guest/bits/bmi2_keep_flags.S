// mode: prot32 long64
// needs: bmi2
// manual: SDM vol. 2 MULX, RORX, SARX, SHLX, SHRX, PDEP, PEXT: no flags change; counts are masked
// pitfall: 21
// init: flags=cf,pf,af,zf,sf,of
// expect: eax=0xfffffffe ebx=1 ecx=0x80000000 esi=0xffffffff edi=0xa0 ebp=0xc flags=cf,pf,af,zf,sf,of
  mov edx, -1
  mov esi, 2
  mulx ebx, eax, esi
  mov ecx, 1
  rorx ecx, ecx, 33
  mov ebp, 63
  sarx esi, ecx, ebp
  mov edi, 0xf0
  mov edx, 0xc
  mov ebp, 0xa
  pdep edi, ebp, edi
  mov ebp, 0xf0
  mov edx, 0xc5
  pext ebp, edx, ebp
  hlt
