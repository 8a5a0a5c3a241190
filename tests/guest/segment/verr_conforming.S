// mode: prot32 long64
// manual: SDM vol. 2 VERR: conforming readable code may be read at any level; not written
// pitfall: 10
// expect: ebx=2
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9f, 0xc
  descriptor FREE_SELECTOR+8, 0, 0xfffff, 0x9d, 0xc
  to_user user
  .section .user
user:
  mov ecx, FREE_SELECTOR | 3
  verr cx
  setz al
  verw cx
  setz dl
  lea ebx, [eax * 2]
  or bl, dl
  mov ecx, FREE_SELECTOR + 8
  verr cx
  setz dl
  or bl, dl
  and ebx, 3
  done
