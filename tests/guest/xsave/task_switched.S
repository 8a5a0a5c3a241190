// mode: prot32 long64
// needs: xsave
// pitfall: 5
// manual: SDM vol. 2 XSAVE: #NM by CR0.TS; CR0.EM does not matter
// expect-fault: nm at=fault mem16[data_page]=0x37f
  set_bits cr4, 0x40000
  fninit
  set_bits cr0, 4
  mov eax, 1
  xor edx, edx
  xsave [DATA]
  set_bits cr0, 8
  mov eax, 1
fault:
  xsave [DATA]
