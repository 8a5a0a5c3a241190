// mode: prot32
// pitfall: 24 30
// manual: SDM vol. 2 "opcode map" group 5: FF /7 is #UD; reads of unclaimed memory give ones
// expect-fault: ud at=0x800003 eax=0xffffff05
// An instruction that begins in the last bytes of RAM and ends where nothing is.
  mov word ptr [0x7ffffe], 0x05b8
  mov eax, 0x7ffffe
  jmp eax
