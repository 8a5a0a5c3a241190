// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.4: POPF that clears TF traps, POPF that sets it does not
// pitfall: 16
// expect-fault: db at=after dr6=0x4000/0x4000
// expect: flags=!tf
  push 2
  push 0x102
  popf
  popf
after:
  nop
