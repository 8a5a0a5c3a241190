// mode: prot32
// manual: SDM vol. 2 SYSENTER: from virtual-8086 mode: VM, IF and RF are cleared, CS and SS are flat
// pitfall: 28
// expect: cs=0x10 ss=0x18 esp=stack0_top flags=!vm,!if cs.base=0 eax=7
  wrmsr_ 0x174, 0x10
  wrmsr_ 0x175, STACK0
  wrmsr_ 0x176, "offset entry"
  to_v86 0x20202
entry:
  mov eax, 7
  hlt
  .section .user
  .code16
  sysenter
