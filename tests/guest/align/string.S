// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC in a string instruction: the registers of the faulting iteration
// pitfall: 2 26
// init: esi=data_page edi=data_page+0x101 ecx=2
// expect-fault: ac 0 at=fault ecx=2 esi=data_page edi=data_page+0x101
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
#if BITS == 32
  user_data
  push DATA3
  pop es
#endif
fault:
  rep movsd
