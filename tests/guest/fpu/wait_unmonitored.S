// mode: prot32 long64
// manual: SDM vol. 3 table 2-2: WAIT runs with TS but without MP
// expect: eax=5
  mov a_, cr0
  and a_, ~2
  or a_, 8
  mov cr0, a_
  fwait
  mov eax, 5
  hlt
