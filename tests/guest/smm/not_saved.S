// mode: prot32 long64
// machine: pc
// manual: SDM vol. 3 32.4.1: CR2, DR0 to DR3, x87 and SSE registers and most MSRs are not in the save area
// expect: cr2=0x1234 mem32[data_page]=0x5678 xmm0.lo=0x9abc mem32[data_page+4]=0xdef0
  smm_on handler_
  smi
  mov ecx, 0x174
  rdmsr
  mov dword ptr [DATA + 4], eax
#if BITS == 64
  mov rax, dr0
#else
  mov eax, dr0
#endif
  mov dword ptr [DATA], eax
  hlt
smm_handler handler_
  mov eax, 0x1234
  mov cr2, eax
  mov eax, 0x5678
  mov dr0, eax
  mov eax, cr4
  or eax, 0x200
  mov cr4, eax
  mov eax, 0x9abc
  movd xmm0, eax
  mov ecx, 0x174
  mov eax, 0xdef0
  xor edx, edx
  wrmsr
  smm_end
