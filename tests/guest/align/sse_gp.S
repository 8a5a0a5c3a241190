// mode: prot32 long64
// manual: SDM vol. 2 2.4, table 2-15 and MOVAPS: misaligned on 16 bytes is #GP(0), with alignment checks too
// pitfall: 2
// expect-fault: gp 0 at=fault
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  user_data
fault:
  movaps xmm0, [DATA + 8]
