// mode: prot32 long64
// needs: lahf_lm
// manual: SDM vol. 2 SAHF: OF, IF, DF stay; bits 1, 3, 5 of AH do not count
// pitfall: 21
// init: eax=0xff00 flags=of,df,!cf
// expect: flags=cf,pf,af,zf,sf,of,df rflags=0x2/0x2a
  sahf
  hlt
