// mode: prot32
// manual: SDM vol. 3 5.5: a readable code segment may be loaded into DS and read, not written
// pitfall: 1
// init: flags=zf
// expect-fault: gp 0 at=fault eax=0x1234 mem32[data_page]=0x1234
  mov dword ptr [DATA], 0x1234
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9b, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov eax, [DATA]
fault:
  mov dword ptr [DATA], 1
