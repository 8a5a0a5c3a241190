// mode: prot32 long64
// cpu: max,kvm=off
// manual: Linux Documentation/virt/kvm/x86/hypercalls.rst, cpuid.rst: a call whose feature is not shown is unknown:
// manual: -KVM_ENOSYS (1000)
// expect: esi=-1000/0xffffffff edi=-1000/0xffffffff ebp=-1000/0xffffffff
  .macro call_ number, result
  xor eax, eax
  push b_
  cpuid
  pop b_
  cmp ecx, 0x444d4163
  mov eax, \number
  je amd\@
  vmcall
  jmp done\@
amd\@:
  vmmcall
done\@:
  mov \result, eax
  .endm
  xor ebx, ebx
  call_ 5, esi
  call_ 9, edi
  call_ 11, ebp
  hlt
