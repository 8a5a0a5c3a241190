// mode: prot32 long64
// needs: smap
// manual: SDM vol. 2 CLAC, STAC: #UD if CPL > 0
// expect: ebx=2
  handler 6, counted
  to_user user
counted:
  next_slot
  .section .user
user:
  slot clac
  slot stac
  end_slots
  done
