// mode: real16 prot16
// manual: SDM vol. 2 table 2-1: 16-bit effective addresses are computed modulo 64 KB
// pitfall: 1
// expect: al=0x42
  mov byte ptr [DATA], 0x42
  mov bx, 0xf000
  mov si, DATA
  mov al, [bx + si + 0x1000]
  hlt
