// mode: prot32 long64
// cpu: Haswell EPYC-Milan
// manual: SDM vol. 3 17.3.1.2: an I/O breakpoint in a repetition traps after each iteration; 17.3.1.1: RF (not AMD's: seen on Zen 4)
// pitfall: 16 26
// expect-fault: db at=string dr6=1/0xf
// expect: ecx=2 esi=data_page+1
// expect[Haswell]: flags=rf
// expect[EPYC-Milan]: flags=!rf
  mov eax, 0x80
  mov dr0, a_
  mov eax, 0x00020402
  mov dr7, a_
  set_bits cr4, 8
  mov edx, 0x80
  mov esi, DATA
  mov ecx, 3
string:
  rep outsb
