// mode: prot32
// manual: SDM vol. 2 BT: the address that a register offset reaches counts, also below the operand
// pitfall: 1 21
// expect-fault: gp 0 at=fault flags=cf
  descriptor FREE_SELECTOR, DATA, 0xff, 0x93, 0x4
  mov ecx, FREE_SELECTOR
  mov fs, cx
  mov byte ptr [DATA + 0xfc], 1
  mov eax, 0xfc * 8
  bt dword ptr fs:[0], eax
  mov eax, -8
fault:
  bts dword ptr fs:[0], eax
