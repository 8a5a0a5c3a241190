// mode: prot32 long64
// machine: pc
// manual: Linux Documentation/virt/kvm/x86/hypercalls.rst KVM_HC_SEND_IPI: the bitmap counts up from the APIC ID in RDX;
// manual: what lies beyond the last ID is no processor, and does not begin again at 0
// expect: ebp=0
  apic_on
  xor eax, eax
  cpuid
  mov esi, 0x80
  mov edi, ecx
  mov ebx, 7
  xor ecx, ecx
  mov edx, 0xffffffff
  mov eax, 10
  cmp edi, 0x444d4163
  je amd
  vmcall
  jmp sent
amd:
  vmmcall
sent:
  mov ebp, eax
  hlt
