// mode: prot32
// manual: SDM vol. 3 table 4-7: with PAE CR3 bits 31:5 are the address of the four PDPTEs
// pitfall: 14
// expect: ebx=0x5a5a cr3=free_area+0x7f8
  mov dword ptr [DATA], 0x5a5a
  mov dword ptr [FREE + 0x7e0], PD64 | 1
  mov dword ptr [FREE + 0x7e8], PD64 | 1
  set_bits cr4, 0x20
  mov eax, FREE + 0x7f8
  mov cr3, eax
  set_bits cr0, 0x80000000
  mov ebx, [0x40000000 + DATA]
  hlt
