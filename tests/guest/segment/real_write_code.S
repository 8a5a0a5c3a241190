// mode: real16
// manual: SDM vol. 3 20.1.1: real-address mode has no access rights: CS is writable
// expect: mem16[data_page]=0x4321
  mov word ptr cs:[DATA], 0x4321
  hlt
