// mode: long64
// needs: cx16
// manual: SDM vol. 2 CMPXCHG16B: #GP(0) if not aligned on 16 bytes, whatever it would find there
// pitfall: 27
// expect-fault: gp 0 at=fault
// expect: mem64[free_area+0xff8]=0 mem64[free_area+0x1000]=0
  nop
fault:
  lock cmpxchg16b xmmword ptr [FREE + 0xff8]
