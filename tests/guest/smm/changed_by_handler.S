// mode: prot32 long64
// machine: pc
// needs: lm
// manual: SDM vol. 3 32.4.1: what the handler writes into the save area is what RSM loads
// expect: ebx=0x77 rip=there+1
  smm_on handler_
  smi
  ud2
there:
  hlt
smm_handler handler_
  smm_save_area
  mov dword ptr [SAVE_RBX], 0x77
  mov dword ptr [SAVE_RIP], offset there
  smm_end
