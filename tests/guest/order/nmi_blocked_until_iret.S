// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.7.1: while the NMI handler runs further NMIs are held, and the held one comes after IRET
// expect: mem32[data_page]=0x04030201
  handler 2, nmi
  nmi_self
  nop
  record 4
  done
nmi:
  inc ebx
  cmp ebx, 2
  je 1f
  record 1
  nmi_self
  nop
  record 2
  iret_
1:
  record 3
  iret_
