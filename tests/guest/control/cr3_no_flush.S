// mode: long64
// cpu: max,-pcid
// manual: SDM vol. 3 4.10.4.1, vol. 2 MOV CR: bit 63 is reserved without CR4.PCIDE: #GP(0)
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov rax, cr3
  bts rax, 63
fault:
  mov cr3, rax
