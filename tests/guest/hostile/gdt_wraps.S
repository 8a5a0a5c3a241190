// mode: prot32
// pitfall: 1 30
// manual: SDM vol. 3 3.3: linear addresses wrap at 4 GiB
// expect: ds=DATA0_COPY ds.limit=0xffffffff
// The table begins 8 bytes before the end: selector 8 is at address 0.
  .equ DATA0_COPY, 8
  mov eax, [GDT + DATA0]
  mov [0], eax
  mov eax, [GDT + DATA0 + 4]
  mov [4], eax
  lgdt [table]
  mov eax, 8
  mov ds, eax
  hlt
table:
  .word 0xffff
  .long 0xfffffff8
