// mode: prot32 long64
// machine: pc
// needs: lm
// manual: SDM vol. 3 32.4.1: RSM to a CR4 with a reserved bit shuts down
// expect-exit: shutdown
  smm_on handler_
  smi
  hlt
smm_handler handler_
  smm_save_area
  or dword ptr [SAVE_CR4], 0x80000000
  smm_end
