// mode: prot32 long64
// manual: SDM vol. 2 SHRD: CF is the last bit shifted out; OF of one step says that the sign changed
// pitfall: 21
// init: eax=3 ebx=1
// expect: eax=0x80000001 flags=cf,of,sf,!zf
  shrd eax, ebx, 1
  hlt
