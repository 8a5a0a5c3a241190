// mode: real16 prot32 long64
// manual: SDM vol. 2 BTS and 3.1.1.9 Bit(BitBase, BitOffset)
// pitfall: 21
// init: eax=-1
// expect: mem8[data_page+63]=0x80 mem8[data_page+64]=0 flags=!cf
  bts dword ptr [DATA + 64], eax
  hlt
