// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSCALL: #UD outside 64-bit mode; APM vol. 3 SYSCALL in legacy mode: EIP from STAR, ECX, VM IF RF cleared
// pitfall: 28
// expect-fault[Haswell]: ud at=user cs=0x23
// expect[EPYC-Milan]: cs=0x10 ss=0x18 ecx=back flags=!if,cf cs.limit=0xffffffff
  wrmsr_ 0xc0000080, 1
  wrmsr_ 0xc0000081, "offset entry", 0x00230010
  to_user user, 0x203
entry:
  hlt
  .section .user
user:
  .byte 0x0f, 0x05
back:
  nop
