// mode: prot32 long64
// manual: SDM vol. 3 17.3.1.4: an instruction that faults gives no trap; the fault's image has TF, its handler not
// pitfall: 16
// expect-fault: ud at=fault dr6=0/0x4000
// expect: flags=tf,rf
  pushf
  or word ptr [sp_], 0x100
  popf
fault:
  ud2
