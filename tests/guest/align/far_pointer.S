// mode: prot32
// manual: SDM vol. 3 table 6-7: a 48-bit far pointer is aligned on 4 bytes, a 32-bit one on 2
// pitfall: 2
// expect: ebx=1
  mov dword ptr [DATA + 2], DATA3 << 16
  mov dword ptr [DATA + 8], 0
  mov dword ptr [DATA + 12], DATA3
  mov dword ptr [DATA + 0x12], 0
  mov dword ptr [DATA + 0x16], DATA3
  handler 17, count
  set_bits cr0, 0x40000
  to_user user, 0x40002
count:
  next_slot 1
  .section .user
user:
  user_data
  slot les ax, [DATA + 2]
  slot les eax, [DATA + 8]
  slot les eax, [DATA + 0x12]
  end_slots
  done
