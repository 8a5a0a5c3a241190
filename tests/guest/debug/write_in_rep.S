// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 17.3.1.2: a data breakpoint in a repetition traps after the iteration that touches it; 17.3.1.1: RF (not AMD's: seen on Zen 4)
// pitfall: 16 26
// expect-fault: db at=string dr6=1/0x400f
// expect: ecx=7 edi=data_page+9 mem8[data_page+8]=0x77 mem8[data_page+9]=0
// expect[Haswell]: flags=rf
// expect[EPYC-Milan]: flags=!rf
  mov eax, DATA + 8
  mov dr0, a_
  mov eax, 0x00010402
  mov dr7, a_
  mov al, 0x77
  mov edi, DATA
  mov ecx, 16
string:
  rep stosb
