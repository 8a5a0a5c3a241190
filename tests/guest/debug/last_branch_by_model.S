// mode: prot32
// cpu: pentium3 Haswell EPYC-Milan
// manual: SDM vol. 4 2.17, 2.8, APM vol. 2 13.1.1: P6 and AMD have 1DBh to 1DEh, later Intel cores of these 1DDh and 1DEh
// pitfall: 18
// expect[pentium3]: ebx=0
// expect[EPYC-Milan]: ebx=0
// expect[Haswell]: ebx=2
  handler 13, refused
  xor ebx, ebx
  mov ecx, 0x1db
next:
  rdmsr
again:
  inc ecx
  cmp ecx, 0x1df
  jb next
  hlt
refused:
  inc ebx
  mov esp, STACK
  jmp again
