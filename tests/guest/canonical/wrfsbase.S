// mode: long64
// cpu: Haswell EPYC-Milan
// needs: fsgsbase
// manual: SDM vol. 2 WRFSBASE: #GP(0) for a non-canonical base, 32 bits are zero-extended
// pitfall: 17
// expect-fault: gp 0 at=fault fs.base=0xffff0000
  set_bits cr4, 0x10000
  mov rax, 0x8000ffff0000
  wrfsbase eax
fault:
  wrfsbase rax
