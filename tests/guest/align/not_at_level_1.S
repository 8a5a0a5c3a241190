// mode: prot32
// manual: SDM vol. 3 6.15 #AC: only at CPL 3
// pitfall: 2
// expect: eax=0x5a cs=0x61
  descriptor FREE_SELECTOR, 0, 0xfffff, 0xbb, 0xc
  descriptor FREE_SELECTOR+8, 0, 0xfffff, 0xb3, 0xc
  mov byte ptr [DATA + 1], 0x5a
  set_bits cr0, 0x40000
  push (FREE_SELECTOR + 8) | 1
  push USER_STACK
  push 0x40002
  push FREE_SELECTOR | 1
  push offset inner
  iret
inner:
  push (FREE_SELECTOR + 8) | 1
  pop ds
  mov eax, [DATA + 1]
  done
