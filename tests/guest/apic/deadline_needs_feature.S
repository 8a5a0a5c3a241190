// mode: prot32 long64
// machine: pc
// pitfall: 19
// needs: amd
// manual: SDM vol. 3 11.5.4.1: LVT timer bit 18 is reserved without CPUID.1:ECX[24]; kept at 0 unless the mode exists
// expect: eax=1
  mov eax, 1
  cpuid
  shr ecx, 24
  and ecx, 1
  mov ebx, ecx
  apic_write APIC_LVT_TIMER, 0x50050
  apic_read APIC_LVT_TIMER
  shr eax, 18
  and eax, 1
  cmp eax, ebx
  sete al
  movzx eax, al
  done
