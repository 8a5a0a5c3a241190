// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 17.3.1.1: RF is 1 in the image of a trap after any iteration but the last; not on AMD's (seen on Zen 4)
// pitfall: 26 16
// init: ecx=2 edi=data_page
// expect-fault: db at=string
// expect: ecx=1 flags=tf
// expect[Haswell]: flags=rf
// expect[EPYC-Milan]: flags=!rf
  pushf
  or word ptr [sp_], 0x100
  popf
string:
  rep stosb
