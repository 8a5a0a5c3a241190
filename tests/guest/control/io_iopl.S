// mode: prot32 long64
// manual: SDM vol. 1 18.5.1: with CPL at or below IOPL the map is not looked at
// expect: ebx=7
  to_user user, 0x3002
  .section .user
user:
  in al, 0x60
  mov ebx, 7
  done
