// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.3: a fault before MOV DR, DR6.BD, and the processor clears GD
// pitfall: 16
// expect-fault: db at=fault dr6=0x2000/0x2000 dr7=0/0x2000
  mov eax, 0x2400
  mov dr7, a_
fault:
  mov a_, dr0
