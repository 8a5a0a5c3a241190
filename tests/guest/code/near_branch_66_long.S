// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 JMP, CALL: in 64-bit mode 66 does nothing to a near branch; Zen 4 itself: 16 bits, as elsewhere
// pitfall: 24
// expect[Haswell]: ebx=0 ebp=0
// expect[EPYC-Milan]: ebx=0xff ebp=0x6
// The page runs at 25000h; a target cut to 16 bits lies in its copy at 5000h.
.macro form text:vararg
  \text
3:
  .rept 20
  nop
  .endr
  lea rax, [rip]
  shr eax, 16
  cmp eax, 1
  adc ebx, ebx
  mov rax, offset 1f
  jmp rax
1:
.endm
  mov esi, 0x25000
  mov edi, DATA
  mov ecx, 0x1000
  rep movsb
  xor ebx, ebx
  xor ebp, ebp
  mov rax, offset page
  jmp rax
  .section .user
  .org 0x5000
page:
  form .byte 0x66, 0xe9, 4, 0, 0, 0
  form .byte 0x66, 0xeb, 4
  cmp eax, eax
  form .byte 0x66, 0x74, 4
  cmp eax, eax
  form .byte 0x66, 0x0f, 0x84, 4, 0, 0, 0
  mov ecx, 2
  form .byte 0x66, 0xe2, 4
  xor ecx, ecx
  form .byte 0x66, 0xe3, 4
  lea rdx, [rip + 3f]
  form .byte 0x66, 0xff, 0xe2
  lea rdx, [rip + 3f]
  mov [rsp - 8], rdx
  form .byte 0x66, 0xff, 0x64, 0x24, 0xf8
  mov r12, rsp
  .byte 0x66, 0xe8, 4, 0, 0, 0
  .rept 20
  nop
  .endr
  sub r12, rsp
  cmp r12, 2
  jne 1f
  mov ebp, 2
1:
  mov rax, offset 2f
  jmp rax
2:
  lea rsp, [STACK - 0x80]
  mov qword ptr [rsp], offset returned
  .byte 0x66, 0xc3
  nop
returned:
  nop
  sub rsp, STACK - 0x80
  cmp rsp, 2
  jne 1f
  or ebp, 4
1:
  mov rsp, STACK
  hlt
