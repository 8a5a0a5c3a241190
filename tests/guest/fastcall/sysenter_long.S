// mode: long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 2 SYSENTER: 64-bit ESP and EIP in IA-32e mode; APM vol. 3 SYSENTER: #UD in long mode
// pitfall: 28
// expect[Haswell]: cs=0x10 ss=0x18 rsp=free_area rip=entry+1 flags=!if
// expect-fault[EPYC-Milan]: ud at=user
  wrmsr_ 0x174, 0x13
  wrmsr_ 0x175, FREE
  wrmsr_ 0x176, "offset entry"
  to_user user, 0x202
entry:
  hlt
  .section .user
user:
  sysenter
