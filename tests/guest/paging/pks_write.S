// mode: long64
// manual: SDM vol. 3 4.6.2: WDi of IA32_PKRS forbids writes while CR0.WP=1 and leaves reads alone
// needs: pks
// expect-fault: pf 0x23 at=fault cr2=free_area ebx=1
  page_set FREE, 0, 5 << 27
  set_bits cr4, 0x1000000
  wrmsr_ 0x6e1, 2 << 10
  mov al, [FREE]
  mov ebx, 1
fault:
  mov [FREE], al
