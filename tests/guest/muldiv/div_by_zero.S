// mode: real16 prot16 prot32 long64 compat32
// manual: SDM vol. 2 DIV; vol. 3 6.15 #DE: a fault, no error code
// init: eax=7
// expect-fault: de at=fault eax=7
  xor ecx, ecx
fault:
  div ecx
