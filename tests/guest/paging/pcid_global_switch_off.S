// mode: long64
// needs: pcid
// manual: SDM vol. 3 4.10.4.1: a change of CR4.PGE drops what is cached of all PCIDs
// expect: eax=0x11 ebx=0x22
  two_pcids
  mov rdx, cr4
  xor edx, 0x80
  mov cr4, rdx
  mov cr3, r8
  mov ebx, [FREE]
  hlt
