// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 11.6: a device wrote into the second page of an instruction that ran before; fw_cfg items that are not there
// manual: read as zeros
// pitfall: 25
// expect: esi=0x94d628fa edi=5
  // FWCfgDmaAccess, big-endian: control (select item 3FFFh, read), length, address.
  mov dword ptr [DATA], 0x0a00ff3f
  mov dword ptr [DATA + 4], 0x03000000
  mov dword ptr [DATA + 8], 0
  mov eax, FREE + 0x1000
  bswap eax
  mov dword ptr [DATA + 12], eax
  mov dword ptr [FREE + 0xffe], 0x563405b8  // mov eax, 12563405h; ret
  mov word ptr [FREE + 0x1002], 0xc312
  mov b_, offset FREE + 0xffe
  xor esi, esi
  mov ecx, 50
1:
  call b_
  add esi, eax
  dec ecx
  jnz 1b
  mov eax, 0
  mov dx, 0x514
  out dx, eax
  mov eax, DATA
  bswap eax
  mov dx, 0x518
  out dx, eax
  mov edi, ebx
  cpuid
  mov ebx, edi
  call b_
  mov edi, eax
  hlt
