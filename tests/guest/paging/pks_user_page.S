// mode: long64
// manual: SDM vol. 3 4.6.2: IA32_PKRS is for supervisor-mode addresses only
// needs: pks
// expect: al=9
  page_set FREE, 4, 5 << 27
  mov byte ptr [FREE], 9
  set_bits cr4, 0x1000000
  wrmsr_ 0x6e1, 1 << 10
  mov al, [FREE]
  hlt
