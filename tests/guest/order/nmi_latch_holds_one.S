// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.7.1: one NMI is held while another is handled, further ones are lost
// expect: ebx=2
  handler 2, nmi
  nmi_self
  nop
  nop
  nop
  done
nmi:
  inc ebx
  nmi_self
  nmi_self
  nmi_self
  cmp ebx, 1
  je 1f
  done
1:
  iret_
