// mode: real16 prot32 long64
// manual: SDM vol. 2 RCR: OF of a one-bit rotate is MSB xor CF before it
// pitfall: 21
// init: eax=1 flags=cf
// expect: ax=0x8000 flags=cf,of
  rcr ax, 1
  hlt
