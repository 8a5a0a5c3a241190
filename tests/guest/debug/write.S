// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.2: a trap after the instruction; 17.2.5: any byte of the range
// pitfall: 16
// expect-fault: db at=after dr6=2/0xf mem16[data_page+2]=0x1234
  mov eax, DATA
  mov dr1, a_
  mov eax, 0x00d00408
  mov dr7, a_
  mov ax, [DATA + 2]
  mov word ptr [DATA + 2], 0x1234
after:
  nop
