// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.6.1, 6.7: an NMI message gives vector 2 whatever IF and the vector field say
// expect-fault: nmi none at=after
  nmi_self
after:
  nop
  hlt
