// mode: prot32
// manual: SDM vol. 2 POPA: the ESP value is skipped
// expect: eax=0x5008 edi=0x5001 esp=data_page+32
  mov esp, DATA
  mov dword ptr [DATA], 0x5001
  mov dword ptr [DATA + 12], 0x99999999
  mov dword ptr [DATA + 28], 0x5008
  popa
  hlt
