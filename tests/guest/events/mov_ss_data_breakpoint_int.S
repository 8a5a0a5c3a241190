// mode: prot32 long64
// manual: SDM vol. 3 6.8.3: behind MOV SS that met a data breakpoint INT n is carried out, and #DB finds the handler's begin
// pitfall: 15 16
// expect-fault: db at=entry dr6=1/0x400f
  handler 0x80, entry
  mov word ptr [DATA], DATA0
  mov eax, DATA
  mov dr0, a_
  mov eax, 0x00070402
  mov dr7, a_
  mov ss, word ptr [DATA]
  int 0x80
  hlt
entry:
  nop
  hlt
