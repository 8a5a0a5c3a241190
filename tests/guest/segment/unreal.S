// mode: real16
// manual: SDM vol. 3 9.9.2 and 3.4.3: real-address mode keeps the limit that protected mode loaded
// pitfall: 1
// expect: eax=0x12345678 ds.limit=0xffffffff
  lgdt [table]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  mov cx, DATA0
  mov ds, cx
  and al, 0xfe
  mov cr0, eax
  xor cx, cx
  mov ds, cx
  mov ebx, FREE
  mov dword ptr [ebx], 0x12345678
  mov eax, [ebx]
  hlt
table:
  .word GDT_LIMIT
  .long GDT
