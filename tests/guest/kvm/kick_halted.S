// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: Linux Documentation/virt/kvm/x86/hypercalls.rst KVM_HC_KICK_CPU: wakes the vCPU with the APIC ID in RCX from
// manual: HLT, whether it takes interrupts or not; a kick that comes before the HLT counts, too
// expect: ebx=20
  apic_on
  start_cpu 1, second
  xor ebx, ebx
again:
  // The other one says that it is about to halt; it may be there yet or not.
  cmp dword ptr [DATA], ebx
  je again
  inc ebx
  push b_
  xor eax, eax
  cpuid
  pop b_
  mov edi, ecx
  push b_
  xor ebx, ebx
  mov ecx, 1
  mov eax, 5
  cmp edi, 0x444d4163
  je amd
  vmcall
  jmp kicked
amd:
  vmmcall
kicked:
  pop b_
  // Its answer.
wait:
  cmp dword ptr [DATA + 4], ebx
  jne wait
  cmp ebx, 20
  jne again
  hlt
second:
  cli
  inc dword ptr [DATA]
  hlt
  inc dword ptr [DATA + 4]
  jmp second
  cpu_start
