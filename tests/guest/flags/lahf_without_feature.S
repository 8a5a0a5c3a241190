// mode: prot32 long64
// cpu: Haswell,-lahf_lm
// manual: SDM vol. 2 LAHF: in 64-bit mode #UD unless CPUID.80000001H:ECX[0]; elsewhere it is always there
// pitfall: 21 24
// expect-fault[long64]: ud at=fault
// expect[prot32]: ah=2/2
fault:
  lahf
  hlt
