// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 PUSH: a 32-bit push of a segment register may write 16 bits only; APM vol. 3 PUSH zero-extends
// expect[Haswell]: esp=stack_top-4 mem32[stack_top-4]=0xffff0018
// expect[EPYC-Milan]: esp=stack_top-4 mem32[stack_top-4]=0x18
  mov dword ptr [STACK - 4], -1
  push ds
  hlt
