// mode: prot32 long64
// manual: SDM vol. 2 IRET: data segments the outer level may not see become NULL, conforming code stays
// expect: ds=0 es=0x2b fs=0x60 gs=0
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x9f, 0xc
  mov ecx, DATA3
  mov es, ecx
  mov ecx, FREE_SELECTOR
  mov fs, ecx
  mov ecx, DATA0
  mov ds, ecx
  mov gs, ecx
  to_user user
  .section .user
user:
  done
