// mode: real16 prot32 long64 compat32
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 table 32-4: CS 3000h, data selectors 0, EFLAGS 2, PE EM TS PG of CR0 and CR4 are 0, DR7 400h
// manual: APM vol. 2 table 10-3: EFER is cleared
// expect: mem16[data_page]=0 mem32[data_page+4]=2 mem32[data_page+8]=0/0x8000000d mem32[data_page+12]=0
// expect: mem32[data_page+16]=0x400 mem32[data_page+20]=0 mem16[data_page+24]=0x3000 mem32[data_page+8]=0x20/0x20
  smm_on handler_
  // the first instruction stores CS, which the far jump changes
#if BITS == 16
  mov ax, SMM_SEGMENT
  mov es, ax
  mov dword ptr es:[0x8000], 0x0026cb8c  // mov bx, cs
  mov byte ptr es:[0x8002], 0xea
  mov dword ptr es:[0x8003], offset handler_
  xor ax, ax
  mov es, ax
#else
  mov word ptr ds:[0x38000], 0xcb8c  // mov bx, cs
  mov byte ptr ds:[0x38002], 0xea
  mov dword ptr ds:[0x38003], offset handler_
#endif
#if BITS == 64
  mov rax, 0x402
#else
  mov eax, 0x402
#endif
#if BITS == 64
  mov dr7, rax
#else
  mov dr7, eax
#endif
  set_bits cr0, 8
  smi
  hlt
smm_handler handler_
  mov word ptr es:[DATA + 24], bx
  mov word ptr es:[DATA], ds
  mov esp, 0x6000
  pushfd
  pop eax
  mov dword ptr es:[DATA + 4], eax
  mov eax, cr0
  mov dword ptr es:[DATA + 8], eax
  mov eax, cr4
  mov dword ptr es:[DATA + 12], eax
  mov eax, dr7
  mov dword ptr es:[DATA + 16], eax
  mov ecx, 0xc0000080
  rdmsr
  mov dword ptr es:[DATA + 20], eax
  smm_end
