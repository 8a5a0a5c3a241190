// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 3 6.8.3: an instruction breakpoint right behind MOV SS is suppressed, as if RF were 1
// pitfall: 15 16
// expect-fault: db at=second dr6=2/0xf
// expect: ecx=1
  mov eax, offset first
  mov dr0, a_
  mov eax, offset second
  mov dr1, a_
  mov eax, 0x40a
  mov dr7, a_
  mov ebx, DATA0
  xor ecx, ecx
  mov ss, ebx
first:
  inc ecx
second:
  inc ecx
