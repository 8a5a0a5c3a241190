// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: APM vol. 2 7.6.1: code in an aligned quadword may change at any time: old or new is called
// pitfall: 25
// expect: mem32[wrong]=0 mem32[finished]=1
  .equ wrong, DATA + 0x80
  .equ finished, DATA + 0xc0
  apic_on
  start_cpu 1, second
  mov ecx, 20000
again:
  mov dword ptr [site + 1], offset first - behind
  pause
  mov dword ptr [site + 1], offset other - behind
  dec ecx
  jnz again
  mov dword ptr [DATA], 1
1:
  pause
  cmp dword ptr [finished], 0
  je 1b
  done
  .align 8
  nop
  nop
  nop
caller:
site:
  call first
behind:
  ret
first:
  mov eax, 1
  ret
  .align 32
other:
  mov eax, 2
  ret
second:
  call caller
  dec eax
  cmp eax, 1
  jbe 2f
  inc dword ptr [wrong]
2:
  cmp dword ptr [DATA], 0
  je second
  // The last target was stored before DATA, and CPUID serializes.
  cpuid
  call caller
  cmp eax, 2
  je 3f
  inc dword ptr [wrong]
3:
  mov dword ptr [finished], 1
  hlt
  cpu_start
