// mode: real16 prot32 long64
// manual: SDM vol. 2 LOCK: #UD with a register destination
// pitfall: 3
// expect: bx=18
#if BITS == 16
  mov word ptr [6 * 4], offset count
#else
  handler 6, count
#endif
  .macro locked text:vararg
  .balign 16, 0x90
  .byte 0xf0
  \text
  .endm
  locked add eax, ecx
  locked or al, cl
  locked adc cx, cx
  locked sbb eax, ecx
  locked and eax, [DATA]
  locked sub eax, 1
  locked xor al, 1
  locked not al
  locked neg eax
  locked inc al
  locked dec eax
  locked xchg eax, ecx
  locked xadd ecx, eax
  locked cmpxchg ecx, eax
  locked bts eax, 3
  locked btr eax, ecx
  locked btc eax, 3
  locked add ecx, [DATA]
  end_slots
  hlt
count:
  next_slot
