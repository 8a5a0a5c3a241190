// mode: real16 prot32 long64
// machine: pc
// manual: ICH9 datasheet 13.8.1.1 SMI_LOCK: GBL_SMI_EN cannot be cleared until reset; 13.8.3.9: APM_STS
// expect: mem32[data_page]=1 mem32[data_page+4]=0x21 mem32[data_page+8]=0x20
  smm_on handler_
  mov al, 0x10
  pci_write8 31, 0xa0
  mov dx, PM_SMI_EN
  mov eax, 0x20
  out dx, eax
  in eax, dx
  mov dword ptr [DATA + 4], eax
  mov al, 0x55
  smi
  mov dx, PM_SMI_STS
  in eax, dx
  mov dword ptr [DATA + 8], eax
  hlt
smm_handler handler_
  inc dword ptr es:[DATA]
  smm_end
