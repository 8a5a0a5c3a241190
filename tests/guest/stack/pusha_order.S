// mode: prot32 compat32
// manual: SDM vol. 2 PUSHA: EAX, ECX, EDX, EBX, original ESP, EBP, ESI, EDI
// init: eax=1 ecx=2 edx=3 ebx=4 ebp=5 esi=6 edi=7
// expect: mem32[stack_top-4]=1 mem32[stack_top-8]=2 mem32[stack_top-12]=3 mem32[stack_top-16]=4
// expect: mem32[stack_top-20]=stack_top mem32[stack_top-24]=5 mem32[stack_top-28]=6 mem32[stack_top-32]=7
// expect: esp=stack_top-32
  pusha
  hlt
