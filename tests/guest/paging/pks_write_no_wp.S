// mode: long64
// manual: SDM vol. 3 4.6.2: with CR0.WP=0 a supervisor may write whatever WDi says
// needs: pks
// expect: mem8[free_area]=7
  page_set FREE, 0, 5 << 27
  set_bits cr4, 0x1000000
  wrmsr_ 0x6e1, 2 << 10
  mov rax, cr0
  and rax, ~0x10000
  mov cr0, rax
  mov byte ptr [FREE], 7
  hlt
