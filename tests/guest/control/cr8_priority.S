// mode: long64
// manual: SDM vol. 3 10.8.6: CR8 reads back what was written; bits 63:4 read as 0
// pitfall: 18
// expect: rbx=15 cr8=15
  mov eax, 15
  mov cr8, rax
  mov rbx, -1
  mov rbx, cr8
  hlt
