// mode: prot32 long64
// machine: pc
// needs: lm
// pitfall: 20
// manual: SDM vol. 3 32.10: an SMI that ends HLT sets the auto-halt restart field; RSM goes back into HLT unless it is cleared
// expect: mem32[data_page]=2 mem8[data_page+4]=1 mem8[data_page+5]=1 ebx=1
  smm_on handler_
  out_ 0x21, 0xff
  ioapic_write 0x15, 0
  ioapic_write 0x14, 0x200  // the timer is an SMI
  pit_on 0x30, 1000
  xor ebx, ebx
  sti
  hlt
  inc ebx
  cli
  hlt
smm_handler handler_
  smm_save_area
  inc dword ptr es:[DATA]
  mov al, [SAVE_HALT_RESTART]
  cmp dword ptr es:[DATA], 2
  je 1f
  mov es:[DATA + 4], al
  pit_on 0x30, 1000
  jmp 2f
1:
  mov es:[DATA + 5], al
  mov byte ptr [SAVE_HALT_RESTART], 0
2:
  smm_end
