// mode: long64
// needs: adx
// manual: SDM vol. 2 ADCX: with REX.W 64 bits; a carry of the low half alone is none
// pitfall: 21
// init: rax=0xffffffff rbx=1 flags=cf
// expect: rax=0x100000001 flags=!cf
  adcx rax, rbx
  hlt
