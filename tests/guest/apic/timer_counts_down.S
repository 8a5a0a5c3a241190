// mode: prot32 long64
// machine: pc
// pitfall: 19
// manual: SDM vol. 3 11.5.4: the current count starts at the initial count and falls; reading does not disturb it
// expect: ebx=1 esi=1 eax=100000
  apic_write APIC_TIMER_DIVIDE, 0xb
  apic_write APIC_LVT_TIMER, 0x10050
  apic_write APIC_TIMER_INITIAL, 100000
  delay 200
  apic_read APIC_TIMER_CURRENT
  mov edi, eax
  cmp eax, 100000
  setb bl
  delay 200
  apic_read APIC_TIMER_CURRENT
  cmp eax, edi
  setb al
  movzx esi, al
  apic_read APIC_TIMER_INITIAL
  done
