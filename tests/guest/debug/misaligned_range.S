// mode: prot32 long64
// manual: SDM vol. 3 17.2.5: the low bits of the address that LEN covers do not count
// pitfall: 16
// expect-fault: db at=after dr6=1/0xf
  mov eax, DATA + 7
  mov dr0, a_
  mov eax, 0x000d0402
  mov dr7, a_
  mov byte ptr [DATA + 4], 1
after:
  nop
