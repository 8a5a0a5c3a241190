// mode: real16 prot32 long64
// manual: SDM vol. 2 LOCK: #UD with an instruction not in the list
// pitfall: 3
// expect-fault: ud at=fault
  nop
fault:
  .byte 0xf0
  mov [DATA], eax
