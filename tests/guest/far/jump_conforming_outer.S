// mode: prot32 compat32
// manual: SDM vol. 3 5.8.1.2: #GP(selector) if DPL of conforming code is above CPL
// expect-fault: gp 0x60 at=fault
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xff, 0xc
fault:
  jmp_far FREE_SELECTOR, start
