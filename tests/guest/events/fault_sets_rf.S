// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.1: RF is set in the image that a fault pushes, not in that of INT n
// expect: ebx=1
  handler 6, fault_seen
  handler 0x90, trap_seen
  ud2
fault_seen:
  mov eax, [sp_ + 2 * WORD_SIZE]
  bt eax, 16
  setc bl
  mov sp_, STACK
  int 0x90
trap_seen:
  mov eax, [sp_ + 2 * WORD_SIZE]
  bt eax, 16
  setc bh
  hlt
