// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 11.6: code that a device wrote, after serializing; fw_cfg items that are not there read as zeros
// pitfall: 25
// expect: eax=0 mem32[target+1]=0
  // FWCfgDmaAccess, big-endian: control (select item 3FFFh, read), length, address.
  mov dword ptr [DATA], 0x0a00ff3f
  mov dword ptr [DATA + 4], 0x04000000
  mov dword ptr [DATA + 8], 0
  mov eax, offset target + 1
  bswap eax
  mov dword ptr [DATA + 12], eax
  mov eax, 0
  mov dx, 0x514
  out dx, eax
  mov eax, DATA
  bswap eax
  mov dx, 0x518
  out dx, eax
  cpuid
target:
  mov eax, 0x12345678
  hlt
