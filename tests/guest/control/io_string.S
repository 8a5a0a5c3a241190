// mode: long64
// manual: SDM vol. 2 INS, OUTS: the I/O map counts; #GP(0) before memory is touched
// init: ecx=3
// expect-fault: gp 0 at=fault ecx=3
  tss_again 0x68, 0x2068
  mov byte ptr [TSS+0x68+0x60/8], 1
  to_user user
  .section .user
user:
  mov edx, 0x60
  xor edi, edi
fault:
  rep insb
