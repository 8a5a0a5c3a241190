// mode: prot32 long64
// manual: SDM vol. 3 2.5: reserved bits 31:0 of CR0 are ignored; ET stays 1
// pitfall: 18
// expect: cr0=0x10/0x1ffaffd0
  mov a_, cr0
  or eax, 0x1ffaffc0
  and eax, ~0x10
  mov cr0, a_
  hlt
