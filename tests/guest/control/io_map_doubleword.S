// mode: prot32 long64
// manual: SDM vol. 1 18.5.2: the last of four ports lies in the next byte of the map
// expect-fault: gp 0 at=fault
  tss_again 0x68, 0x2068
  mov byte ptr [TSS+0x68+0x68/8], 1
  to_user user
  .section .user
user:
  in eax, 0x64
fault:
  in eax, 0x65
