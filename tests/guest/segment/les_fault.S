// mode: prot32
// manual: SDM vol. 2 LES: a fault of the segment load leaves the register as it was
// pitfall: 1
// init: ebx=0x77
// expect-fault: np 0x60 at=fault ebx=0x77 es=0x18
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x13, 0xc
  mov dword ptr [DATA], 0x1111
  mov word ptr [DATA + 4], FREE_SELECTOR
fault:
  les ebx, [DATA]
