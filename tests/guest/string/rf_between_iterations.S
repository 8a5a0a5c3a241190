// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: RF is 1 in the image of a trap after any iteration but the last
// pitfall: 26 16
// init: ecx=2 edi=data_page
// expect-fault: db at=string
// expect: ecx=1 flags=rf,tf
  pushf
  or word ptr [sp_], 0x100
  popf
string:
  rep stosb
