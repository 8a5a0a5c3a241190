// mode: prot32 long64
// manual: SDM vol. 3 17.2.3: DR6.BS and B0 of one instruction come together
// pitfall: 16
// expect-fault: db at=after dr6=0x4001/0xe00f
  mov eax, DATA
  mov dr0, a_
  mov eax, 0x000d0402
  mov dr7, a_
  mov ebx, 5
  pushf
  or word ptr [sp_], 0x100
  popf
  mov [DATA], ebx
after:
  nop
