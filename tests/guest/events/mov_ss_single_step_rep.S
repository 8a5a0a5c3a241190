// mode: prot32 long64
// manual: SDM vol. 3 6.8.3, 17.3.1.4: the trap that MOV SS suppresses does not come later; the next is that of an iteration
// pitfall: 15 16 26
// expect-fault: db at=string dr6=0x4000/0x4000
// expect: ecx=1
  mov ebx, DATA0
  mov edi, DATA
  mov ecx, 2
  pushf
  or word ptr [sp_], 0x100
  popf
  mov ss, ebx
string:
  rep stosb
