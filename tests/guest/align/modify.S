// mode: prot32 long64
// manual: SDM vol. 3 6.15 #AC: locked operations are checked too; nothing changes
// pitfall: 2
// expect-fault: ac 0 at=fault mem32[data_page+1]=0
  user_page DATA
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  user_data
fault:
  lock inc dword ptr [DATA + 1]
