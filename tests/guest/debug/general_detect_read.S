// mode: prot32 long64
// manual: SDM vol. 3 17.2.4: GD covers reads of debug registers; 17.3.1.3: DR6.BD, a fault
// pitfall: 16
// expect-fault: db at=fault dr6=0x2000/0x2000 ebx=7
// expect: dr7=0/0x2000 flags=rf
  mov ebx, 7
  mov eax, 0x2400
  mov dr7, a_
fault:
  mov b_, dr0
