// mode: long64
// manual: SDM vol. 2 INT n: #GP(EXT) if the gate's offset is not canonical
// pitfall: 8 9
// expect-fault: gp 0 at=fault rsp=stack_top
  mov dword ptr [IDT + 0x90 * 16 + 8], 0x8000
fault:
  int 0x90
