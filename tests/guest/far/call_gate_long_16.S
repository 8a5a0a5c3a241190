// mode: long64 compat32
// manual: SDM vol. 3 table 3-2: type 4 is no gate in IA-32e mode: #GP(selector)
// pitfall: 12
// expect-fault: gp 0x60 at=fault
  gate GDT+FREE_SELECTOR, CODE0_64, start, 0xe4
  mov word ptr [DATA + 4], FREE_SELECTOR
fault:
  call fword ptr [DATA]
