// mode: prot32
// manual: SDM vol. 3 3.4.5.1, 5.3: an expand-down stack segment; #SS(0) at and below its limit
// pitfall: 1 4
// expect-fault: ss 0 at=fault esp=0x12804 mem32[0x12804]=1
  descriptor FREE_SELECTOR, 0, 0x12801, 0xf7, 0x4
  push FREE_SELECTOR | 3
  push 0x12808
  push 2
  push CODE3_32
  push offset user
  iret
  .section .user
user:
  push 1
fault:
  push 2
