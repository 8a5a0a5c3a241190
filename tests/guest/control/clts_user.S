// mode: prot32 long64
// manual: SDM vol. 2 CLTS, LMSW, MOV CR, INVLPG, WBINVD, INVD: #GP(0) if CPL is not 0
// expect: ebx=7
  handler 13, counted
  to_user user
counted:
  next_slot 1
  .section .user
user:
  slot clts
  slot lmsw ax
  slot mov a_, cr0
  slot mov cr3, a_
  slot invlpg [0]
  slot wbinvd
  slot invd
  end_slots
  done
