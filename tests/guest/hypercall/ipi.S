// mode: long64
// machine: pc
// manual: Linux Documentation/virt/kvm/x86/hypercalls.rst KVM_HC_SEND_IPI: a bitmap of APIC IDs from the one in RDX on;
// manual: returns how many were reached
// expect: rbp=1 r12=1
  handler 0x80, arrived
  apic_on
  xor eax, eax
  cpuid
  mov r13d, ecx
  mov rbx, 5  // IDs 0 and 2: only the first exists
  xor ecx, ecx
  xor edx, edx
  mov esi, 0x80
  mov eax, 10
  cmp r13d, 0x444d4163
  je amd
  vmcall
  jmp sent
amd:
  vmmcall
sent:
  mov rbp, rax
  sti
  nop
  hlt
arrived:
  mov r12d, 1
  hlt
