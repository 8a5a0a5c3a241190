// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: x2apic
// manual: SDM vol. 3 11.12.5.2, 11.12.5.3: x2APIC to disabled to xAPIC; registers as after a reset
// expect: ebx=0xfee00900 mem32[data_page]=0xff mem32[data_page+4]=0x10000 mem32[data_page+8]=0
  x2apic_on
  x2apic_write APIC_TPR, 0x40
  wrmsr_ MSR_APIC_BASE, APIC | 0x100
  wrmsr_ MSR_APIC_BASE, APIC | 0x900
  rdmsr
  mov ebx, eax
  apic_read APIC_SVR
  mov [DATA], eax
  apic_read APIC_LVT_LINT0
  mov [DATA + 4], eax
  apic_read APIC_TPR
  mov [DATA + 8], eax
  done
