// mode: long64
// manual: SDM vol. 2 CALL: #GP(0) if the gate's offset is not canonical
// pitfall: 8
// expect-fault: gp 0 at=fault rsp=stack_top
  gate GDT+FREE_SELECTOR, CODE0_64, start, 0xec
  mov dword ptr [GDT + FREE_SELECTOR + 8], 0x8000
  mov word ptr [DATA + 4], FREE_SELECTOR
fault:
  call fword ptr [DATA]
