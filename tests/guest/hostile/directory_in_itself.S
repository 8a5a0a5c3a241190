// mode: prot32
// pitfall: 13 30
// manual: SDM vol. 3 4.8: A of each entry used, D of the one that maps the page; here they are one entry
// expect: eax=pd+0x23 mem32[pd+0xffc]=pd+0x63 ebx=0x1234
  .equ pd, PD32
  mov dword ptr [PD32 + 0xffc], PD32 | 3
  paging_on
  mov eax, [0xfffffffc]
  mov dword ptr [0xfffffff8], 0x1234
  mov ebx, [PD32 + 0xff8]
  hlt
