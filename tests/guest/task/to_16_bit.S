// mode: prot32
// manual: SDM vol. 3 7.6 figure 7-10: the 16-bit TSS; FS and GS become NULL, EFLAGS and EIP have 16 bits
// pitfall: 11
// init: flags=ac
// expect: ax=1 cx=2 dx=3 bx=4 sp=0x7f00 bp=5 si=6 di=7 fs=0 gs=0 ds=0x18 flags=cf,!ac mem8[gdt_base+0x65]=0x83
  descriptor FREE_SELECTOR, FREE, 0x2b, 0x81, 0
  task16_at FREE, task, 3
  mov word ptr [FREE + 0x12], 1
  mov word ptr [FREE + 0x14], 2
  mov word ptr [FREE + 0x16], 3
  mov word ptr [FREE + 0x18], 4
  mov word ptr [FREE + 0x1c], 5
  mov word ptr [FREE + 0x1e], 6
  mov word ptr [FREE + 0x20], 7
  jmp_far FREE_SELECTOR
task:
  hlt
