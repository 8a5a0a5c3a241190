// mode: prot32
// needs: pcid
// manual: SDM vol. 3 4.10.1: PCIDE can only be set in IA-32e mode: #GP(0)
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov eax, cr4
  bts eax, 17
fault:
  mov cr4, eax
