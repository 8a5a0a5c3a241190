// mode: long64
// needs: pku
// manual: SDM vol. 2 RDPKRU, WRPKRU: #GP(0) if ECX, or EDX of WRPKRU, is not 0; any level may
// expect: ebx=3 eax=0x55555554 edx=0
  handler 13, counted
  set_bits cr4, 0x400000
  to_user user
counted:
  next_slot 1
  .section .user
user:
  xor ecx, ecx
  xor edx, edx
  mov eax, 0x55555554
  wrpkru
  mov edx, 1
  slot wrpkru
  end_slots
  xor edx, edx
  mov ecx, 1
  slot wrpkru
  slot rdpkru
  end_slots
  xor ecx, ecx
  xor eax, eax
  mov edx, 5
  rdpkru
  done
