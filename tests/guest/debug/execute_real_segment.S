// mode: real16
// manual: SDM vol. 3 17.2.1: the linear address CS * 16 + IP is compared
// pitfall: 16
// expect-fault: db dr6=4/0xf cs=0x500
// expect: cx=0
  mov byte ptr [DATA + 0x10], 0x41
  mov byte ptr [DATA + 0x11], 0xf4
  mov eax, DATA + 0x10
  mov dr2, eax
  mov eax, 0x420
  mov dr7, eax
  jmp_far 0x500, 0x10
