// mode: real16 prot32 long64
// manual: SDM vol. 2 MOV and 3.1.1.1 Sreg: encodings 6 and 7 name no segment register: #UD
// expect-fault: ud at=fault
fault:
  .byte 0x8e, 0xf0
