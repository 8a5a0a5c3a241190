// mode: prot32 long64
// manual: SDM vol. 3 6.8.3: of MOVs to SS in a row the first one is sure to hold events back; shadows do not stack
// pitfall: 15
// expect-fault: 0x55 at=after
// expect: ecx=0
  mov ebx, DATA0
  xor ecx, ecx
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  mov ss, ebx
  mov ss, ebx
after:
  inc ecx
  hlt
