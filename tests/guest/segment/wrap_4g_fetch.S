// mode: prot32
// manual: SDM vol. 1 3.3.1: code fetches wrap at 4 GiB as well
// pitfall: 1
// expect: ebx=1
  mov word ptr [FREE], 0xf443
  descriptor FREE_SELECTOR, 0xfff00000, 0xfffff, 0x9b, 0xc
  jmp_far FREE_SELECTOR, FREE+0x100000
