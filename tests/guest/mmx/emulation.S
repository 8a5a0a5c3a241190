// mode: real16 prot32 long64
// pitfall: 23
// manual: SDM vol. 3 table 2-2: CR0.EM makes MMX instructions #UD, also with TS
// expect-fault: ud at=fault
  set_bits cr0, 0xc
fault:
  movq mm0, mm1
