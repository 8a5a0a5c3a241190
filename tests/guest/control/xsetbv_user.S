// mode: prot32 long64
// needs: xsave
// manual: SDM vol. 2 XSETBV: #UD without CR4.OSXSAVE comes before #GP(0) of CPL
// pitfall: 18
// expect-fault: ud at=fault
  to_user fault
  .section .user
fault:
  xsetbv
