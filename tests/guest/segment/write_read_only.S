// mode: prot32 compat32
// manual: SDM vol. 3 5.5: #GP(0) for a write to a read-only segment
// pitfall: 1
// expect-fault: gp 0 at=fault mem32[data_page]=0
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x91, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, ecx
  mov eax, [DATA]
fault:
  mov dword ptr [DATA], 1
