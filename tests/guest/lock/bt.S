// mode: prot32 long64
// manual: SDM vol. 2 LOCK: BTS, BTR, BTC are in the list, BT is not
// pitfall: 3
// expect-fault: ud at=fault
  lock bts dword ptr [DATA], eax
fault:
  .byte 0xf0
  bt dword ptr [DATA], eax
