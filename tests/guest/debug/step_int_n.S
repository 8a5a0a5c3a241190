// mode: prot32 long64
// manual: SDM vol. 2 INT n, vol. 3 17.3.1.4: TF is cleared on the way in: no trap in the handler, one behind IRET's target
// pitfall: 16
// expect-fault: db at=after dr6=0x4000/0x4000
// expect: ecx=0x11
  handler 0x80, entry
  xor ecx, ecx
  pushf
  or word ptr [sp_], 0x100
  popf
  int 0x80
  inc ecx
after:
  inc ecx
entry:
  add ecx, 0x10
  nop
  iret_
