// mode: real16 prot32 long64
// manual: SDM vol. 2 BTR: the offset is taken modulo 16, 32 or 64 for a register base
// pitfall: 21
// init: eax=0xff ebx=33
// expect: eax=0xfd flags=cf
  btr eax, ebx
  hlt
