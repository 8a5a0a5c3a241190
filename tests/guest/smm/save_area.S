// mode: real16 prot32 long64
// machine: pc
// needs: lm
// manual: APM vol. 2 table 10-1, SMM state-save area of AMD64 processors; bit 17 of the revision: SMBASE can be moved
// init: eax=0x1234 ebx=0x5678 ecx=0x9abc
// expect: mem64[0x3ffe0]=0x5678 mem64[0x3fff0]=0x9abc mem64[0x3ff78]=after mem32[0x3fefc]=0x20064 mem32[0x3ff00]=0x30000
// expect: mem8[0x3fec9]=0 mem64[0x3ffd8]=stack_top mem64[0x3ff70]=0x46/0x2ff
// expect[real16]: mem64[0x3ff58]=0x30 mem64[0x3fed0]=0
// expect[long64]: mem64[0x3ff58]=0x80010031 mem64[0x3ff48]=0x620 mem64[0x3fed0]=0xd01 mem16[0x3fe10]=0x10 mem64[0x3ff50]=0x14000
// expect[prot32]: mem64[0x3ff58]=0x31 mem16[0x3fe10]=8 mem16[0x3fe12]=0xc09b mem32[0x3fe14]=0xffffffff mem64[0x3fe88]=0x3000
  smm_on handler_
  xor eax, eax
  smi
after:
  hlt
smm_handler handler_
  smm_end
