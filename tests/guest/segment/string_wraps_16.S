// mode: real16
// manual: SDM vol. 2 MOVS: SI and DI wrap at 64 KB between elements
// pitfall: 1 26
// expect: si=1 di=data_page+3 cx=0 mem16[data_page]=0x1111 mem8[data_page+2]=0x22
  mov ax, 0x2000
  mov ds, ax
  mov byte ptr [0xfffe], 0x11
  mov byte ptr [0xffff], 0x11
  mov byte ptr [0], 0x22
  mov si, 0xfffe
  mov di, DATA
  mov cx, 3
  rep movsb
  hlt
