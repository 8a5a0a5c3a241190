// mode: prot32
// manual: SDM vol. 1 3.3.1 and vol. 3 3.4.5: base + offset is computed modulo 4 GiB
// pitfall: 1
// expect: eax=0x12345678
  mov dword ptr [DATA], 0x12345678
  descriptor FREE_SELECTOR, 0xfffff000, 0xfffff, 0x93, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov eax, [DATA + 0x1000]
  hlt
