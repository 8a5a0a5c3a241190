// mode: long64
// needs: avx2
// pitfall: 16 22
// manual: SDM vol. 2 VPGATHERDD: a trap that is pending when an element faults comes in place of the fault; the gather goes on after it
// expect-fault: pf 0 at=fault cr2=free_area+0x1000 esi=0x11 xmm0.lo=0x2222222211111111 xmm0.hi=0xffffffffffffffff xmm2.lo=0 xmm2.hi=0xffffffffffffffff
  avx_on
  paging_on
  page_clear FREE + 0x1000, 1
  handler 1, trap
  xor esi, esi
  put64 FREE + 0xff8, 0x11111111, 0x22222222
  put64 DATA, 0, 1
  put64 DATA + 8, 2, 3
  vmovups xmm1, [DATA]
  vpcmpeqd xmm0, xmm0, xmm0
  vpcmpeqd xmm2, xmm2, xmm2
  mov b_, FREE + 0xff8
  pushfq
  or qword ptr [rsp], 0x100
  popfq
fault:
  vpgatherdd xmm0, [b_ + xmm1 * 4], xmm2
  hlt
trap:
  inc esi
  lea rax, fault[rip]
  cmp [rsp], rax
  jne other
  add esi, 0x10
other:
  and qword ptr [rsp + 16], ~0x100
  iretq
