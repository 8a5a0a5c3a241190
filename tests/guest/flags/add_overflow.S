// mode: real16 prot16 prot32 long64 compat32
// manual: SDM vol. 2 ADD; vol. 1 3.4.3.1
// expect: eax=0x80000000 flags=of,sf,!zf,af,pf,!cf
  mov eax, 0x7fffffff
  add eax, 1
  hlt
