// mode: prot32 long64
// cpu: Haswell
// needs: avx
// manual: SDM vol. 2 XSETBV: #GP(0) for a bit of XCR0 that CPUID leaf 0DH does not show
// pitfall: 18
// expect: esi=7 ebx=1
  handler 13, counted
  set_bits cr4, 0x40000
  mov eax, 13
  xor ecx, ecx
  cpuid
  mov esi, eax
  xor ebx, ebx
  xor ecx, ecx
  xor edx, edx
  mov eax, 7
  xsetbv
  or eax, 0x200
  slot xsetbv
  end_slots
  hlt
counted:
  next_slot 1
