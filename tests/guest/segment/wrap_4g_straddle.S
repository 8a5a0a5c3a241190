// mode: prot32
// manual: SDM vol. 1 3.3.1: an operand of a segment based below 4 GiB goes on at linear address 0
// pitfall: 1
// expect: mem16[data_page]=0x1234
  descriptor FREE_SELECTOR, 0xfffffffe, 0xfffff, 0x93, 0xc
  mov ecx, FREE_SELECTOR
  mov ds, cx
  mov dword ptr [0], 0x1234ffff
  mov ax, es:[0]
  mov es:[DATA], ax
  hlt
