// mode: long64
// cpu: EPYC-Milan
// manual: the host itself: SYSEXIT at level 3 of long mode is #GP(0); APM vol. 3 SYSEXIT: at level 0 #UD
// pitfall: 28
// expect: ebx=1 ecx=1
  handler 13, denied
  handler 6, undefined
  xor ebx, ebx
  xor ecx, ecx
  to_user user
denied:
  inc ebx
  sysexitd
undefined:
  inc ecx
  hlt
  .section .user
user:
  sysexitd
