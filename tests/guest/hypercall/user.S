// mode: long64
// manual: Linux Documentation/virt/kvm/x86/hypercalls.rst: calls from outside CPL 0 return -KVM_EPERM (1)
// expect-fault: 0xff none rax=-1
.section .user
user:
  xor eax, eax
  cpuid
  cmp ecx, 0x444d4163
  mov eax, 10
  je amd
  vmcall
  done
amd:
  vmmcall
  done
.text
  to_user user
