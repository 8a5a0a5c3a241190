// mode: real16
// machine: pc
// pitfall: 29
// manual: SDM vol. 3 table 10-1, INIT: CR0 keeps CD and NW, PE to PG are 0, CR2, CR3 and CR4 are 0, EFER is 0, DR7 is 400h;
// manual: the boot processor goes to F000:FFF0, where the end of the first MiB is seen, with a UD2
// expect-fault: ud at=0xfff0
// expect: cs=0xf000 cr0=0x10/0x9fffffff cr2=0 cr3=0 cr4=0 efer=0 dr7=0x400 xmm0.lo=0x1234
  mov ax, 0xffff
  mov es, ax
  mov word ptr es:[0], 0x0b0f
  mov eax, 0x1234
  movd xmm0, eax
  mov cr2, eax
  mov eax, 0x5000
  mov cr3, eax
  wrmsr_ 0xc0000080, 1
  x2apic_on
  x2apic_write APIC_ICR, 0x4500, 0
  nop
  nop
  int3
