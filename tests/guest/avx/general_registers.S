// mode: prot32 long64
// needs: bmi1
// pitfall: 21
// manual: SDM vol. 2 ANDN, 2.4 type 13: VEX instructions on general registers need neither XCR0 nor CR4.OSXSAVE, and TS does not matter
// expect: eax=0xf0
  set_bits cr0, 0xc
  mov ebx, 0x0f
  mov ecx, 0xff
  andn eax, ebx, ecx
  hlt
