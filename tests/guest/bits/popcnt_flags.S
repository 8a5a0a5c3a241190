// mode: prot32 long64
// needs: popcnt
// manual: SDM vol. 2 POPCNT: OF, SF, AF, CF, PF are cleared, ZF says that the source is 0
// pitfall: 21
// init: flags=cf,pf,af,sf,of,!zf
// expect: eax=0 flags=zf,!cf,!pf,!af,!sf,!of
  mov ebp, 0
  popcnt eax, ebp
  hlt
