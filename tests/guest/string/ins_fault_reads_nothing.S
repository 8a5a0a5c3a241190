// mode: prot32
// machine: pc
// manual: SDM vol. 2 INS: the destination is checked first: a fault leaves the port unread
// pitfall: 26
// expect: ebx=0x34 esi=3
// A latched count is read low byte first: had INS read one, the next would be the high byte.
  handler 14, absent
  paging_on
  page_clear FREE, 1
  out_ 0x43, 0xb0
  out_ 0x61, 0
  out_ 0x42, 0x34
  out_ 0x42, 0x12
  delay 60
  out_ 0x43, 0x80
  mov edx, 0x42
  mov edi, FREE
  mov ecx, 3
  rep insb
  hlt
absent:
  mov esi, ecx
  in al, 0x42
  movzx ebx, al
  hlt
