// mode: prot32
// manual: SDM vol. 2 ENTER: level 2 copies one frame pointer and pushes the new one
// expect: mem32[stack_top-4]=data_page+16 mem32[stack_top-8]=0xabcd mem32[stack_top-12]=stack_top-4
// expect: ebp=stack_top-4 esp=stack_top-20
  mov ebp, DATA + 16
  mov dword ptr [DATA + 12], 0xabcd
  enter 8, 2
  hlt
