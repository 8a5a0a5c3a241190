// mode: prot32
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSRET: #UD outside 64-bit mode; APM vol. 3 SYSRET in legacy mode: ECX, CS = STAR[63:48] OR 3, IF set
// pitfall: 28
// expect-fault[Haswell]: ud at=fault
// expect[EPYC-Milan]: cs=0x23 ss=0x2b flags=if,cf
  wrmsr_ 0xc0000080, 1
  wrmsr_ 0xc0000081, 0, 0x00230010
  mov ecx, offset user
  stc
fault:
  .byte 0x0f, 0x07
  .section .user
user:
  done
