// mode: prot32 long64
// needs: umip
// manual: SDM vol. 2 SMSW: #GP(0) with CR4.UMIP and CPL > 0
// expect-fault: gp 0 at=fault
  set_bits cr4, 0x800
  to_user fault
  .section .user
fault:
  smsw eax
