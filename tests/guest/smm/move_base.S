// mode: real16 prot32 long64
// machine: pc
// needs: lm
// manual: SDM vol. 3 32.11: the handler writes SMBASE in the save area; the next SMI uses it. CS takes bits 19:4
// expect: mem32[data_page]=1 mem32[data_page+4]=0x4000 mem32[0x4ff00]=0x40000 mem32[0x4fefc]=0x20064
  smm_on handler_
  smi
  smi
  hlt
smm_handler handler_
  smm_save_area
  mov dword ptr [SAVE_SMBASE], 0x40000
  inc dword ptr es:[DATA]
  mov ax, 0x4000
  mov ds, ax
  mov dword ptr [0x8000], 0x00eacb8c
  mov byte ptr [0x8002], 0xea
  mov dword ptr [0x8003], offset second
  rsm
second:
  mov word ptr es:[DATA + 4], bx
  smm_end
