// mode: long64
// needs: smap
// manual: SDM vol. 3 6.12.1.3: delivery clears TF, NT, RF, VM and by gate IF; AC stays as it was
// expect: flags=ac
  handler 0x90, target
  to_user user, 0x40002
target:
  hlt
  .section .user
user:
  int 0x90
