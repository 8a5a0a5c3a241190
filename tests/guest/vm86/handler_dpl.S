// mode: prot32
// manual: SDM vol. 2 INT n: from virtual-8086 mode only a handler of DPL 0: #GP(selector)
// expect-fault: gp 0x60 cs=0x2000 rip=0
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  gate IDT+0x90*8, FREE_SELECTOR, start, 0xee
  to_v86 0x23002
  .section .user
  .code16
  int 0x90
