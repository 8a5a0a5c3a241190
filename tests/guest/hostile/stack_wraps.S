// mode: prot32
// pitfall: 4 30
// manual: SDM vol. 3 5.3: the last dword of 4 GiB is within the limit
// expect: esp=0xfffffffc
  xor esp, esp
  push eax
  hlt
