// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.4.7.1: registers after a reset, or after disabling in IA32_APIC_BASE (11.4.3)
// expect: mem32[data_page]=0 mem32[data_page+4]=0 mem32[data_page+8]=0xffffffff mem32[data_page+12]=0xff
// expect: mem32[data_page+16]=0x10000 mem32[data_page+20]=0x10000 mem32[data_page+24]=0x10000 mem32[data_page+28]=0x10000
// expect: mem32[data_page+32]=0 mem32[data_page+36]=0
  apic_write APIC_DFR, 0
  apic_write APIC_LDR, 0x55000000
  apic_write APIC_TPR, 0x20
  wrmsr_ MSR_APIC_BASE, APIC | 0x100
  wrmsr_ MSR_APIC_BASE, APIC | 0x900
  .irp r, APIC_TPR, APIC_LDR, APIC_DFR, APIC_SVR, APIC_LVT_TIMER, APIC_LVT_LINT0, APIC_LVT_LINT1, APIC_LVT_ERROR, APIC_TIMER_INITIAL, APIC_TIMER_DIVIDE
  apic_read \r
  mov [di_ + DATA], eax
  add di_, 4
  .endr
  done
