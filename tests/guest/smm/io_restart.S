// mode: prot32 long64
// machine: pc
// needs: lm
// manual: APM vol. 2 10.2.4: the I/O instruction that the SMI followed; FFh in the restart byte executes it again
// expect: mem32[data_page]=2 mem32[data_page+4]=0x00b20012
  smm_on handler_
  smi
  hlt
smm_handler handler_
  smm_save_area
  mov eax, [SAVE_IO_TRAP]
  mov dword ptr es:[DATA + 4], eax
  inc dword ptr es:[DATA]
  cmp dword ptr es:[DATA], 1
  jne 1f
  mov byte ptr [SAVE_IO_RESTART], 0xff
1:
  smm_end
