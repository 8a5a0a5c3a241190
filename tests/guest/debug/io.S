// mode: prot32 long64
// manual: SDM vol. 3 17.2.4, 17.3.1.2: with CR4.DE R/W 10 is met by I/O at the port: a trap after the instruction
// pitfall: 16
// expect-fault: db at=after dr6=4/0xf
  mov eax, 0x80
  mov dr2, a_
  mov eax, 0x02000420
  mov dr7, a_
  set_bits cr4, 8
  out 0x81, al
  out 0x80, al
after:
  nop
