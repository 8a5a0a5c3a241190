// mode: real16
// machine: pc
// pitfall: 20 29
// manual: SDM vol. 3 32.3.1: in SMM INIT is held until RSM, then taken before the next instruction; table 10-1: it goes
// manual: to F000:FFF0, where the end of the first MiB is seen, with a UD2
// expect-fault: ud at=0xfff0
// expect: cs=0xf000 mem32[data_page]=1 mem32[data_page+4]=0
  mov ax, 0xffff
  mov es, ax
  mov word ptr es:[0], 0x0b0f
  smm_on handler_
  smi
  mov dword ptr [DATA + 4], 1
  hlt
smm_handler handler_
  mov ebx, 0xfee00000
  mov dword ptr [ebx + APIC_SVR], 0x1ff
  mov dword ptr [ebx + APIC_ICR_HIGH], 0
  mov dword ptr [ebx + APIC_ICR], 0x4500
  nop
  mov dword ptr es:[DATA], 1
  smm_end
