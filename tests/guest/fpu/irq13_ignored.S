// mode: prot32 long64
// machine: pc
// pitfall: 5
// manual: SDM vol. 1 appendix D.1: a write to port F0h drops the request and asserts IGNNE#, under which waiting instructions execute until the exception is cleared
// expect: ebx=1 st0.lo=0x8000000000000000 st0.hi=0x4000 ax=0x8084/0x8084
  handler 0x2d, coprocessor
  pic_on 0x20, 0x2004
  apic_on
  lint0_extint
  ne_off
  zero_divide
  sti
  fwait
  fld1
  fadd st(0), st(0)
  fnstsw ax
  cli
  done
coprocessor:
  inc ebx
  out_ 0xf0, 0
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  iret_
