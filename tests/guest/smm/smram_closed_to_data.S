// mode: prot32
// machine: pc
// manual: 3 Series datasheet 5.1.25 D_CLS: in SMM code comes from SMRAM, data accesses go to the display's window
// expect: mem32[data_page]=0xffffffff mem32[data_page+4]=0x7a
  smm_on handler_
  mov al, 0x4a
  pci_write8 MCH_SMRAM
  mov esi, offset inside
  mov edi, 0xa0000
  mov ecx, 64
  cld
  rep movsb
  mov al, 0x2a
  pci_write8 MCH_SMRAM
  smi
  hlt
smm_handler handler_
  mov ebx, 0xa0000
  .byte 0xea
  .word 0, 0xa000
inside:
  mov eax, [ebx]
  mov dword ptr es:[DATA], eax
  mov dword ptr es:[DATA + 4], 0x7a
  .byte 0xea
  .word back, 0
back:
  smm_end
