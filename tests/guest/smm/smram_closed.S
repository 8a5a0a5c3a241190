// mode: real16 prot32 long64
// machine: pc
// pitfall: 25
// manual: 3 Series datasheet 5.1.25 SMRAM: with G_SMRAME memory at A0000h is there in SMM only, with D_OPEN for everybody
// expect: mem32[data_page]=0x12345678 mem32[data_page+4]=0xffffffff mem32[data_page+8]=0x12345678 mem32[data_page+12]=0xffffffff
  smm_on handler_
#if BITS == 16
  mov ax, 0xa000
  mov fs, ax
#endif
  mov al, 0x4a  // D_OPEN, G_SMRAME
  pci_write8 MCH_SMRAM
#if BITS == 16
#define WINDOW fs:[0]
#else
#define WINDOW ds:[0xa0000]
#endif
  mov dword ptr WINDOW, 0x12345678
  mov ecx, dword ptr WINDOW
  mov dword ptr [DATA], ecx
  mov al, 0x0a
  pci_write8 MCH_SMRAM
  mov ecx, dword ptr WINDOW
  mov dword ptr [DATA + 4], ecx
  smi
  mov ecx, dword ptr WINDOW
  mov dword ptr [DATA + 12], ecx
  hlt
smm_handler handler_
  mov ebx, 0xa0000
  mov eax, [ebx]
  mov dword ptr es:[DATA + 8], eax
  smm_end
