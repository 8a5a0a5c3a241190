// mode: long64
// needs: pku
// manual: SDM vol. 3 4.6.2: keys do not concern instruction fetches
// expect: ebx=1
  page_set USER_IMAGE, 0, 0x18000000
  set_bits cr4, 0x400000
  xor ecx, ecx
  xor edx, edx
  mov eax, 0xc0
  wrpkru
  to_user user
  .section .user
user:
  inc ebx
  done
