// mode: prot32 long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 6.7.1, 26.3: IRET ends NMI blocking even if it faults: the held NMI comes before the #GP handler's first instruction
// expect: mem32[data_page]=0x020d0201 ebx=2
  handler 2, nmi
  handler 13, fault
  nmi_self
  nop
  hlt
nmi:
  inc ebx
  cmp ebx, 2
  je second
  record 1
  nmi_self
#if BITS == 64
  mov word ptr [rsp + 8], 0x800
#else
  mov word ptr [esp + 4], 0x800
#endif
  iret_
second:
#if BITS == 64
  cmp qword ptr [rsp], offset fault
#else
  cmp dword ptr [esp], offset fault
#endif
  jne 1f
  record 2
1:
  iret_
fault:
  record 0x0d
  record 0x02
  done
