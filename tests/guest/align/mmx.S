// mode: prot32 long64
// manual: SDM vol. 3 table 6-7: quadwords are aligned on 8 bytes, in MMX and SSE scalar forms too
// pitfall: 2
// expect: ebx=4
  user_page DATA
  handler 17, count
  set_bits cr0, 0x40000
  to_user user, 0x40002
count:
  next_slot 1
  .section .user
user:
  user_data
  slot movq mm0, [DATA + 8]
  slot movq mm0, [DATA + 4]
  slot movq xmm0, [DATA + 4]
  slot movss xmm0, [DATA + 2]
  slot movsd xmm0, [DATA + 8]
  slot cvtsi2sd xmm0, dword ptr [DATA + 6]
  end_slots
  done
