// mode: long64
// machine: pc
// pitfall: 20
// manual: SDM vol. 3 11.8.6: CR8[3:0] and TPR[7:4] are one; MOV to CR8 clears TPR[3:0]
// expect: ebx=0x50 rsi=7
  apic_write APIC_TPR, 0x2f
  mov eax, 5
  mov cr8, rax
  apic_read APIC_TPR
  mov ebx, eax
  apic_write APIC_TPR, 0x7a
  mov rsi, cr8
  done
