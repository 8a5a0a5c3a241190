// mode: prot32 long64
// manual: SDM vol. 3 table 6-7: double precision and double extended values are aligned on 8 bytes
// pitfall: 2
// expect: ebx=3
  user_page DATA
  handler 17, count
  set_bits cr0, 0x40000
  to_user user, 0x40002
count:
  next_slot 1
  .section .user
user:
  user_data
  fninit
  slot fld dword ptr [DATA + 4]
  slot fld qword ptr [DATA + 8]
  slot fld tbyte ptr [DATA + 8]
  slot fld dword ptr [DATA + 2]
  slot fld qword ptr [DATA + 4]
  slot fstp tbyte ptr [DATA + 4]
  end_slots
  done
