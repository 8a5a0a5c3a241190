// mode: real16 prot32 long64
// manual: SDM vol. 3 17.3.1.4: a trap after the instruction that follows the one that sets TF
// pitfall: 16
// expect-fault: db at=after cx=1 dr6=0x4000/0x4000 flags=tf
  push 0x102
  .if BITS == 64
  popfq
  .else
  popf
  .endif
  add cx, 1
after:
  add cx, 1
