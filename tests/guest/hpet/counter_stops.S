// mode: prot32 long64
// machine: pc
// manual: IA-PC HPET specification 1.0a 2.3.5, 2.3.7: the counter stands while ENABLE_CNF is 0 and can be written then
// expect: eax=0x1234 ebx=0x1234 esi=1
  hpet_write 0x10, 0
  hpet_write 0xf0, 0x1234
  delay 200
  hpet_read 0xf0
  mov ebx, eax
  hpet_write 0x10, 1
  delay 200
  hpet_read 0xf0
  cmp eax, 0x1240
  setae al
  movzx esi, al
  hpet_write 0x10, 0
  hpet_write 0xf0, 0x1234
  hpet_read 0xf0
  done
