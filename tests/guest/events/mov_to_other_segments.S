// mode: prot32
// manual: SDM vol. 3 6.8.3: only loads of SS hold events back, not those of DS, ES, FS, GS
// pitfall: 15
// expect-fault: 0x55 at=after
  mov ebx, DATA0
  mov dx, INTERRUPT_PORT
  mov al, 0x55
  out dx, al
  sti
  mov ds, ebx
after:
  mov es, ebx
  hlt
