// mode: prot32
// manual: SDM vol. 2 REP, vol. 3 5.3: the limit stops the string at the element that crosses it, counts exact
// pitfall: 26 1
// expect-fault: gp 0 at=fault
// expect: ecx=2 edi=0x10
  descriptor FREE_SELECTOR, FREE, 0x0f, 0x93, 4
  mov eax, FREE_SELECTOR
  mov es, eax
  xor edi, edi
  mov ecx, 6
fault:
  rep stosd
