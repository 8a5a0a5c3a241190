// mode: prot32 long64
// manual: Linux Documentation/virt/kvm/x86/hypercalls.rst: an unknown call returns -KVM_ENOSYS (1000)
// expect: eax=-1000/0xffffffff ebx=5
// The instruction of the other vendor is undefined, so each is tried by the vendor that CPUID names.
  mov ebx, 5
  mov esi, 0
  xor eax, eax
  push b_
  cpuid
  pop b_
  cmp ecx, 0x444d4163  // "cAMD"
  mov eax, 0x7fff
  je amd
  vmcall
  hlt
amd:
  vmmcall
  hlt
