// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 CVTPI2PS: a pending x87 exception comes first; AMD's do not look when memory is the source (seen on Zen 4)
// expect-fault[Haswell]: mf at=fault
// expect[EPYC-Milan]: xmm0.lo=0x4000000000000000/0xffffffff00000000
  set_bits cr4, 0x600
  set_bits cr0, 0x22
  fninit
  mov word ptr [DATA], 0x37b
  fldcw [DATA]
  fld1
  fldz
  fdivp
  mov dword ptr [DATA], 0
  mov dword ptr [DATA + 4], 2
fault:
  cvtpi2ps xmm0, [DATA]
  hlt
