// mode: prot32 long64
// manual: SDM vol. 2 LOCK: #UD with any instruction not in its list, memory operand or not
// pitfall: 3
// expect: ebx=26
  handler 6, count
  .macro locked text:vararg
  .balign 16, 0x90
  .byte 0xf0
  \text
  .endm
  locked cmp [DATA], ecx
  locked test [DATA], ecx
  locked mov [DATA], cl
  locked mov dword ptr [DATA], 1
  locked bt dword ptr [DATA], 3
  locked push a_
  locked pop c_
  locked lea ecx, [DATA]
  locked shl dword ptr [DATA], 1
  locked mul dword ptr [DATA]
  locked imul ecx, [DATA]
  locked div dword ptr [DATA]
  locked cmovz ecx, [DATA]
  locked setz [DATA]
  locked movzx ecx, byte ptr [DATA]
  locked movsb
  locked stosb
  locked jmp count
  locked nop
  locked fld dword ptr [DATA]
  locked movups [DATA], xmm0
  locked paddb mm0, [DATA]
  locked mov eax, ds
  locked cli
  locked shld [DATA], eax, 1
  locked movnti [DATA], ecx
  end_slots
  hlt
count:
  next_slot
