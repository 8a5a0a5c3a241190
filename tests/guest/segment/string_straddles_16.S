// mode: real16
// manual: SDM vol. 3 20.1.1: a word of a string at offset FFFFH is #GP; vol. 2 REP: the registers of that iteration
// pitfall: 1 26
// expect-fault: gp none at=fault si=0xffff cx=1 di=data_page+2
  mov si, 0xfffd
  mov di, DATA
  mov cx, 2
fault:
  rep movsw
