// mode: prot32 long64
// needs: monitor
// manual: SDM vol. 2 MONITOR, MWAIT: #UD if CPL is not 0; #GP(0) if ECX of MONITOR is not 0
// expect: ebx=2
  handler 6, counted
  xor ecx, ecx
  mov eax, DATA
  monitor
  to_user user
counted:
  next_slot
  .section .user
user:
  slot monitor
  slot mwait
  end_slots
  done
