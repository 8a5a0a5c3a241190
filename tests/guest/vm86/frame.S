// mode: prot32
// manual: SDM vol. 3 20.3.1.1 figure 20-4: GS, FS, DS, ES, SS, ESP, EFLAGS, CS, EIP on the level 0 stack; data segments NULL
// expect: mem16[stack0_top-4]=4 mem16[stack0_top-8]=3 mem16[stack0_top-12]=2 mem16[stack0_top-16]=1
// expect: mem16[stack0_top-20]=0x1200 mem32[stack0_top-24]=0x200 mem32[stack0_top-36]=0x10
// expect: ds=0 es=0 fs=0 gs=0 rip=0x10
  to_v86 0x23002
  .section .user
  .code16
  mov ax, 1
  mov es, ax
  inc ax
  mov ds, ax
  inc ax
  mov fs, ax
  inc ax
  mov gs, ax
  int 0xff
