// mode: prot32 long64
// manual: SDM vol. 2 BT: 4 bytes at base + 4 * (offset DIV 32) are read; aligned base, no #AC
// pitfall: 2
// init: eax=0x29
// expect: flags=cf
  user_page DATA
  mov byte ptr [DATA + 5], 2
  set_bits cr0, 0x40000
  to_user user, 0x40002
  .section .user
user:
  user_data
  mov eax, 41
  bt dword ptr [DATA], eax
  done
