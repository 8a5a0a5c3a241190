// mode: prot32 long64
// manual: SDM vol. 1 18.5.2: two bytes of the map are read, so the last byte within the limit allows nothing
// expect-fault: gp 0 at=fault
  tss_again 0x68, 0x75
  to_user user
  .section .user
user:
  in al, 0x60
fault:
  in al, 0x68
