// mode: prot32
// needs: vme
// manual: SDM vol. 2 PUSHF: with CR4.VME and IOPL < 3 the image has IF = VIF and IOPL = 3
// expect-fault: bp ax=0x3202 bx=0x3002
  set_bits cr4, 1
  to_v86 0xa0002
  .section .user
  .code16
  pushf
  pop ax
  cli
  pushf
  pop bx
  int3
