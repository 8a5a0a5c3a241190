// mode: long64
// manual: SDM vol. 3 3.4.4: WRMSR of FS_BASE sets all 64 bits; a load of the selector then loads 32 bits of base
// expect: ebx=0x77 fs.base=data_page
  mov dword ptr [DATA], 0x77
  wrmsr_ 0xc0000100, 0x12345678, 0xffffffff
  descriptor FREE_SELECTOR, DATA, 0xfffff, 0x93, 0xc
  mov ecx, FREE_SELECTOR
  mov fs, ecx
  mov ebx, fs:[0]
  hlt
