// mode: prot32 long64
// machine: pc
// needs: lm
// manual: SDM vol. 3 32.4.1: RSM to NW without CD shuts down
// expect-exit: shutdown
  smm_on handler_
  smi
  hlt
smm_handler handler_
  smm_save_area
  and dword ptr [SAVE_CR0], 0x9fffffff
  or dword ptr [SAVE_CR0], 0x20000000
  smm_end
