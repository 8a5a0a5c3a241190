// mode: prot32 long64
// manual: SDM vol. 3 17.2.3: B0 to B3, BD, BS and BT are software's to write
// pitfall: 16
// expect: dr6=0xffffeff0/0xfffffff0 ebx=0xf
  mov eax, 0xffffefff
  mov dr6, a_
  mov b_, dr6
  and ebx, 15
  hlt
