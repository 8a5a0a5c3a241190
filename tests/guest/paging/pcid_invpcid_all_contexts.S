// mode: long64
// needs: pcid invpcid
// manual: SDM vol. 2 INVPCID: type 3 drops all PCIDs, but for global pages
// expect: eax=0x11 ebx=0x22
  two_pcids
  mov qword ptr [DATA], 1
  mov qword ptr [DATA + 8], 0
  mov ecx, 3
  invpcid rcx, [DATA]
  mov cr3, r8
  mov ebx, [FREE]
  hlt
