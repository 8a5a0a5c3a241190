// mode: prot32 long64
// manual: SDM vol. 2 LGDT, LIDT, LLDT, LTR: #GP(0) if CPL is not 0
// expect: bx=4
  handler 13, count
  to_user user
count:
  next_slot 1
  .section .user
user:
  slot lgdt [DATA]
  slot lidt [DATA]
  slot lldt ax
  slot ltr ax
  end_slots
  done
