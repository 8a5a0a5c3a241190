// mode: real16 prot32 long64
// manual: SDM vol. 2 LOCK: the list of instructions that may be locked
// pitfall: 3
// expect: bx=0 flags=!cf
#if BITS == 16
  mov word ptr [6 * 4], offset count
#else
  handler 6, count
#endif
  xor ecx, ecx
  slot lock add [DATA], ecx
  slot lock or [DATA], cl
  slot lock adc [DATA], cx
  slot lock sbb [DATA], ecx
  slot lock and [DATA], ecx
  slot lock sub dword ptr [DATA], 1
  slot lock xor byte ptr [DATA], 1
  slot lock add word ptr [DATA], 0x1234
  slot lock not byte ptr [DATA]
  slot lock neg dword ptr [DATA]
  slot lock inc byte ptr [DATA]
  slot lock dec dword ptr [DATA]
  slot lock xchg [DATA], ecx
  slot lock xadd [DATA], ecx
  slot lock cmpxchg [DATA], ecx
  slot lock bts dword ptr [DATA], 3
  slot lock btr [DATA], ecx
  slot lock btc dword ptr [DATA], 3
  slot lock cmpxchg8b qword ptr [DATA]
  end_slots
  xor ebp, ebp
  hlt
count:
  next_slot
