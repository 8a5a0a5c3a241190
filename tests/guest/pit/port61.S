// mode: real16 prot32 long64
// machine: pc
// manual: ICH9 datasheet 13.7.1 NMI_SC: bits 3:0 read as written, bit 4 toggles with refresh
// expect: bl=0x0f/0x0f bh=0x0c/0x0f cl=0x10
  out_ 0x61, 0x0f
  in_ 0x61
  mov bl, al
  out_ 0x61, 0x0c
  in_ 0x61
  mov bh, al
  mov dl, al
  mov cx, 2000
1:
  in_ 0x61
  xor al, dl
  test al, 0x10
  jnz 2f
  dec cx
  jnz 1b
2:
  and al, 0x10
  mov cl, al
  done
