// mode: prot32 long64
// needs: avx2
// pitfall: 22
// manual: SDM vol. 2 VPGATHERDD: #UD if index, mask and destination are not three registers
// expect-fault: ud at=fault
  avx_on
fault:
  .byte 0xc4, 0xe2, 0x69, 0x90, 0x04, 0x13  // VPGATHERDD XMM0, [RBX + XMM2], XMM2
