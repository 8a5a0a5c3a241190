// mode: real16 prot32 long64
// machine: pc
// manual: 3 Series datasheet 5.1.25 D_LCK: closes SMRAM and makes D_OPEN, G_SMRAME and TSEG read-only until reset
// expect: mem8[data_page]=0x1a mem8[data_page+1]=0x38 mem8[data_page+2]=0x3a
  mov al, 0x5a
  pci_write8 MCH_SMRAM
  mov al, 0x42
  pci_write8 MCH_SMRAM
  pci_read8 MCH_SMRAM
  mov byte ptr [DATA], al
  mov al, 0x05
  pci_write8 MCH_ESMRAMC
  pci_read8 MCH_ESMRAMC
  mov byte ptr [DATA + 1], al
  mov al, 0x3a  // D_CLS is free
  pci_write8 MCH_SMRAM
  pci_read8 MCH_SMRAM
  mov byte ptr [DATA + 2], al
  hlt
