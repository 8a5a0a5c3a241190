// mode: prot32 long64
// manual: SDM vol. 3 17.2.3, 17.2.4: fixed bits: DR6 bits 11:4, 31:16 are 1, 12 is 0; DR7 bit 10 is 1, 12, 14, 15 are 0
// pitfall: 16
// expect: dr6=0xffff0ff0 dr7=0x400 dr0=0x12345678
  mov eax, 0x12345678
  mov dr0, a_
  xor eax, eax
  mov dr6, a_
  mov eax, 0x0000d000
  mov dr7, a_
  hlt
