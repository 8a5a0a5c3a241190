// mode: long64
// manual: SDM vol. 2 LLDT: the 16 bytes must lie within the GDT, else #GP(selector)
// expect-fault: gp 0xff8 at=fault
  descriptor 0xff8, DATA, 0xf, 0x82, 0
  mov ecx, 0xff8
fault:
  lldt cx
