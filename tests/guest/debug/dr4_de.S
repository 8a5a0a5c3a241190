// mode: prot32 long64
// manual: SDM vol. 3 17.2.2: DR4 and DR5 with CR4.DE are #UD
// pitfall: 16
// expect-fault: ud at=fault
  set_bits cr4, 8
fault:
  mov a_, dr4
