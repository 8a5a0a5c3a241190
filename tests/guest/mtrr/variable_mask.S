// mode: prot32 long64
// pitfall: 18
// manual: SDM vol. 3 12.11.2.3: bits 10:0 of IA32_MTRR_PHYSMASKn are reserved
// expect-fault: gp 0 at=fault
  wrmsr_ 0x201, 0xc0000800, 0xf
  mov eax, 0xc0000c00
fault:
  wrmsr
