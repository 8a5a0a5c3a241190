// mode: prot32
// manual: SDM vol. 2 CALL: #GP(0) if the gate's offset is beyond the code segment's limit; CPL and stack stay
// pitfall: 1 9
// expect-fault: gp 0 at=fault cs=0x23 esp=user_stack_top
  descriptor FREE_SELECTOR+16, 0, 0xfff, 0x9b, 0x4
  gate GDT+FREE_SELECTOR, FREE_SELECTOR+16, start, 0xec
  to_user fault
  .section .user
fault:
  call_far FREE_SELECTOR|3
