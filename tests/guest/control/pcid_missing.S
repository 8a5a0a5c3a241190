// mode: long64
// cpu: max,-pcid
// manual: SDM vol. 3 2.5: PCIDE is reserved without the feature: #GP(0)
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr4
  bts rax, 17
fault:
  mov cr4, rax
