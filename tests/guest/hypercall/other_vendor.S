// mode: prot32 long64
// manual: AMD APM vol. 3 VMMCALL, SDM vol. 3 VMCALL: undefined outside the vendor's own extension
// expect-fault: ud at=fault
  xor eax, eax
  cpuid
  cmp ecx, 0x444d4163
  je amd
  mov byte ptr [fault + 2], 0xd9
amd:
fault:
  vmcall
