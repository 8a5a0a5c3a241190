// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.7.1: an exception in the NMI handler whose IRET returns into it ends the blocking already
// expect: mem32[data_page]=0x00020602
  handler 2, nmi
  handler 6, undefined
  nmi_self
  nop
  done
nmi:
  record 2
  cmp di_, 1
  jne again
  nmi_self
  nop
skip:
  ud2
  hlt
again:
  done
undefined:
  record 6
#if BITS == 64
  add qword ptr [rsp], 2
#else
  add dword ptr [esp], 2
#endif
  iret_
