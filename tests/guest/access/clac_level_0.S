// mode: prot32 long64
// needs: smap
// manual: SDM vol. 2 STAC, CLAC: AC set and cleared; CR4.SMAP is not needed
// expect: ebx=1 flags=!ac
  stac
  .if BITS == 64
  pushfq
  .else
  pushf
  .endif
  pop b_
  shr ebx, 18
  and ebx, 1
  clac
  hlt
