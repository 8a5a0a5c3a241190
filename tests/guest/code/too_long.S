// mode: real16 prot32 long64
// manual: SDM vol. 3 6.15 #GP: an instruction longer than 15 bytes
// pitfall: 24
// expect-fault[prot32 long64]: gp 0 at=fault
// expect-fault[real16]: gp none at=fault
  nop
fault:
  .fill 15, 1, 0x26
  nop
