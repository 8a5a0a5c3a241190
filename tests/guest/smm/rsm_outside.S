// mode: real16 prot16 prot32 long64 compat32
// pitfall: 20
// manual: SDM vol. 2 RSM: #UD outside system-management mode
// expect-fault: ud at=here
here:
  rsm
