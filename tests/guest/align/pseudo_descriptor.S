// mode: prot32
// manual: SDM vol. 3 3.5.1: SGDT stores an aligned word and an aligned doubleword at an address that is 2 modulo 4
// pitfall: 2
// expect-fault: ac 0 at=fault mem16[data_page+2]=0xfff mem32[data_page+4]=gdt_base
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  user_data
  sgdt [DATA + 2]
fault:
  sgdt [DATA + 9]
