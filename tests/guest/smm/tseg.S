// mode: prot32
// machine: pc
// pitfall: 25
// manual: 3 Series datasheet 5.1.26 ESMRAMC: TSEG of 1 MB under the top of memory is there in SMM only
// expect: ebx=0x1234 ecx=0xffffffff esi=0xffffffff mem32[data_page]=0x1234 mem32[data_page+4]=0x99
  smm_on handler_
  mov dword ptr [0x700000], 0x1234
  mov byte ptr [0x708000], 0xea  // a handler at its entry
  mov dword ptr [0x708001], offset second
  mov al, 0x0a
  pci_write8 MCH_SMRAM
  mov ebx, [0x700000]
  push ebx
  mov al, 0x01
  pci_write8 MCH_ESMRAMC
  pop ebx
  mov ecx, [0x700000]
  mov dword ptr [0x700000], 0x5555  // goes nowhere
  smi  // moves SMBASE there
  smi  // runs there
  mov esi, [0x700000]
  hlt
smm_handler handler_
  smm_save_area
  mov dword ptr [SAVE_SMBASE], 0x700000
  rsm
second:
  mov ebx, 0x700000
  mov eax, [ebx]
  mov dword ptr es:[DATA], eax
  mov dword ptr es:[DATA + 4], 0x99
  smm_end
