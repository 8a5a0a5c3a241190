// mode: real16 prot32
// manual: SDM vol. 2 SAHF, LAHF: bit 1 reads 1, bits 3 and 5 read 0
// pitfall: 21
// init: eax=0xff00
// expect: ah=0xd7 flags=cf,pf,af,zf,sf,!of
  sahf
  lahf
  hlt
