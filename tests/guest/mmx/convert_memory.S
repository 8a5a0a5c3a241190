// mode: prot32 long64
// pitfall: 23
// manual: SDM vol. 2 CVTPI2PD: from memory, no transition: no #MF, tags and TOP stay
// expect: ftw=0xc0 fsw=0xb084/0xb8ff xmm0.lo=0x4000000000000000 xmm0.hi=0xbff0000000000000
  zero_divide
  put64 DATA, 2, 0xffffffff
  cvtpi2pd xmm0, qword ptr [DATA]
  hlt
