// mode: prot32 long64
// manual: SDM vol. 3 17.2.4: R/W 01 is met by writes, not by reads, not by instruction fetches
// pitfall: 16
// expect: ecx=1 ebx=0
  handler 1, trap
  xor ebx, ebx
  mov eax, DATA
  mov dr0, a_
  mov eax, offset here
  mov dr1, a_
  mov eax, 0x00fd040a
  mov dr7, a_
  mov eax, [DATA]
  xor ecx, ecx
here:
  inc ecx
  nop
  nop
  hlt
trap:
  inc ebx
  hlt
