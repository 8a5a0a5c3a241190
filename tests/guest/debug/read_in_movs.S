// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 17.3.1.2, 17.2.4: R/W 11 is met by the source of MOVS too; both ends are touched by one iteration; RF not on AMD's
// pitfall: 16 26
// expect-fault: db at=string dr6=3/0x400f
// expect: ecx=2
// expect[Haswell]: flags=rf
// expect[EPYC-Milan]: flags=!rf
  mov eax, DATA + 2
  mov dr0, a_
  mov eax, DATA + 0x102
  mov dr1, a_
  mov eax, 0x0013040a
  mov dr7, a_
  mov esi, DATA
  mov edi, DATA + 0x100
  mov ecx, 5
string:
  rep movsb
