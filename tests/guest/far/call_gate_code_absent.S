// mode: prot32
// manual: SDM vol. 2 CALL: #NP(code selector) if the gate's code segment is not present
// pitfall: 9
// expect-fault: np 0x70 at=fault
  descriptor FREE_SELECTOR+16, 0, 0xfffff, 0x1b, 0xc
  gate GDT+FREE_SELECTOR, FREE_SELECTOR+16, start, 0xec
fault:
  call_far FREE_SELECTOR
