// mode: real16 prot32 long64
// machine: pc
// manual: ICH9 datasheet 13.4.14, 13.4.15: IRQ 0, 1, 2, 8 and 13 stay edge-triggered
// expect: al=0xf8 ah=0xde
  mov dx, 0x4d0
  mov al, 0xff
  out dx, al
  inc dx
  out dx, al
  in al, dx
  mov ah, al
  dec dx
  in al, dx
  done
