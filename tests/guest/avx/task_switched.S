// mode: prot32 long64
// needs: avx
// pitfall: 7
// manual: SDM vol. 3 13.1.3, vol. 2 2.4: CR0.TS makes AVX #NM; CR0.EM does not matter to it
// expect-fault: nm at=fault
  avx_on
  set_bits cr0, 4
  vxorps ymm0, ymm0, ymm0
  set_bits cr0, 8
fault:
  vxorps ymm0, ymm0, ymm0
