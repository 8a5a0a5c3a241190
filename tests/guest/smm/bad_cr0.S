// mode: real16 prot32 long64
// machine: pc
// needs: lm
// manual: SDM vol. 3 32.4.1: RSM to PG without PE shuts down
// expect-exit: shutdown
  smm_on handler_
  smi
  hlt
smm_handler handler_
  smm_save_area
  mov dword ptr [SAVE_CR0], 0x80000010
  smm_end
