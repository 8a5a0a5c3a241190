// mode: prot32 long64
// cpu: Haswell,+monitor
// manual: SDM vol. 4 table 2-2 IA32_MISC_ENABLE[18]: 0 hides MONITOR in CPUID.1:ECX[3] and makes MONITOR and MWAIT #UD
// pitfall: 18
// expect: ebp=8 esi=0 ebx=2
  handler 6, counted
  mov eax, 1
  cpuid
  mov ebp, ecx
  and ebp, 8
  mov ecx, 0x1a0
  rdmsr
  and eax, ~0x40000
  wrmsr
  mov eax, 1
  cpuid
  mov esi, ecx
  and esi, 8
  push bp_
  xor ebx, ebx
  xor ecx, ecx
  xor edx, edx
  mov eax, DATA
  slot monitor
  slot mwait
  end_slots
  pop bp_
  hlt
counted:
  next_slot
