// mode: prot32
// manual: SDM vol. 3 5.3: the valid offsets of an expand-down segment begin at limit + 1
// pitfall: 1
// init: ebx=0x1000
// expect-fault: gp 0 at=fault al=0x42
  mov byte ptr [0x6000], 0x42
  descriptor FREE_SELECTOR, DATA, 0xfff, 0x97, 0x4
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov al, [ebx]
fault:
  mov al, [ebx - 1]
