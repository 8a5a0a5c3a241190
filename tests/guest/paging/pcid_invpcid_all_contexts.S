// mode: long64
// needs: pcid invpcid
// manual: SDM vol. 2 INVPCID: type 3 drops all PCIDs, but for global pages
// expect: eax=0x11 ebx=0x22
  .equ entry, PT64 + (FREE >> 12) * 8
  mov dword ptr [FREE], 0x11
  mov dword ptr [FREE + 0x1000], 0x22
  set_bits cr4, 0x20000
  mov r8, 0x8000000000000000 + PML4 + 1
  mov cr3, r8
  mov eax, [FREE]
  mov r9, 0x8000000000000000 + PML4 + 2
  mov cr3, r9
  add dword ptr [entry], 0x1000
  mov qword ptr [DATA], 1
  mov qword ptr [DATA + 8], 0
  mov ecx, 3
  invpcid rcx, [DATA]
  mov cr3, r8
  mov ebx, [FREE]
  hlt
