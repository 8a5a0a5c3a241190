// mode: real16 prot32 long64
// manual: SDM vol. 2 UD: UD2 is two bytes: #UD
// pitfall: 24
// expect-fault: ud at=fault
fault:
  ud2
