// mode: prot32 long64
// cpu: Haswell
// manual: SDM vol. 2 REP: a fault in REPNE SCAS leaves EFLAGS as before, and the counts of what was compared
// pitfall: 26
// init: flags=zf,cf
// expect-fault: pf 0 at=fault
// expect: ecx=5 edi=free_area+0x1000 flags=zf,cf
  pushf
  paging_on
  page_clear FREE + 0x1000, 1
  mov eax, 0x77
  mov edi, FREE + 0xffd
  mov word ptr [FREE + 0xffd], 0
  mov byte ptr [FREE + 0xfff], 0
  mov ecx, 8
  popf
fault:
  repne scasb
