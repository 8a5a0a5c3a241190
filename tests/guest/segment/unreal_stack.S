// mode: real16
// manual: SDM vol. 3 3.4.3, vol. 1 6.2.3: B of the cached descriptor makes the stack pointer ESP, also in real mode
// pitfall: 4
// expect: esp=free_area+0xffe mem16[free_area+0xffe]=0x1234
  lgdt [table]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  mov cx, DATA0
  mov ss, cx
  and al, 0xfe
  mov cr0, eax
  xor cx, cx
  mov ss, cx
  mov esp, FREE + 0x1000
  push 0x1234
  hlt
table:
  .word GDT_LIMIT
  .long GDT
