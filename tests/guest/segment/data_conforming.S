// mode: prot32 long64
// manual: SDM vol. 3 5.6.1: a conforming readable code segment may be loaded at any level
// pitfall: 1
// expect: es=0x63
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9f, 0xc
  to_user user
  .section .user
user:
  mov ecx, FREE_SELECTOR | 3
  mov es, ecx
  done
