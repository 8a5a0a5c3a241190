// mode: real16
// manual: SDM vol. 2 PUSHA; vol. 1 6.2.3: a 16-bit stack wraps at 64 KB
// pitfall: 4
// init: eax=1 ecx=2 edx=3 ebx=4 edi=8
// expect: sp=0xfff6 mem16[0x5004]=1 mem16[0x5002]=2 mem16[0x5000]=3 mem16[0x14ffe]=4 mem16[0x14ffc]=6
// expect: mem16[0x14ff6]=8
  mov si, 0x500
  mov ss, si
  mov sp, 6
  pushaw
  hlt
