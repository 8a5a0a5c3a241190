// mode: prot32
// manual: SDM vol. 2 SYSENTER
// pitfall: 28
// expect: cs=0x10 ss=0x18 esp=stack0_top flags=!if,!vm cs.limit=0xffffffff
  wrmsr_ 0x174, 0x10
  wrmsr_ 0x175, STACK0
  wrmsr_ 0x176, "offset entry"
  to_user user, 2
entry:
  hlt
  .section .user
user:
  sysenter
