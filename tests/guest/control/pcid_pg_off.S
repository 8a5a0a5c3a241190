// mode: compat32
// needs: pcid
// manual: SDM vol. 2 MOV CR: #GP(0) if PG is cleared while PCIDE is set
// pitfall: 18
// expect-fault: gp 0 at=fault
  mov eax, cr4
  bts eax, 17
  mov cr4, eax
  mov eax, cr0
  btr eax, 31
fault:
  mov cr0, eax
