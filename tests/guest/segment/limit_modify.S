// mode: prot32
// manual: SDM vol. 3 5.5: a read-modify-write needs a writable segment; nothing changes
// pitfall: 1
// init: flags=!cf,!zf
// expect-fault: gp 0 at=fault mem32[data_page]=5 flags=!zf
  mov dword ptr [DATA], 5
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x91, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, ecx
  or ecx, ecx
fault:
  sub dword ptr [DATA], 5
