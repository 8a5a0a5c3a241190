// mode: prot32 long64
// machine: pc
// pitfall: 5
// manual: SDM vol. 1 appendix D.2: FNCLEX in the handler ends the error; the next one is a new interrupt
// expect: ebx=2 fsw=0/0x80ff
  handler 0x2d, coprocessor
  pic_on 0x20, 0x2004
  apic_on
  lint0_extint
  ne_off
  zero_divide
  sti
  fwait
  fdiv st(1), st(0)
  fwait
  cli
  done
coprocessor:
  inc ebx
  fnclex
  out_ 0xf0, 0
  out_ 0xa0, 0x20
  out_ 0x20, 0x20
  iret_
