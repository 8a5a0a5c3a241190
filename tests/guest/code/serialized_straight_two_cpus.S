// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 8.1.3: after the flag and a serializing instruction the new code is executed
// pitfall: 25
// expect: ebp=0 esi=200
  .equ step, DATA + 0x40
  .equ answer, DATA + 0x80
  .equ finished, DATA + 0xc0
  apic_on
  start_cpu 1, second
  xor ebp, ebp
  xor esi, esi
again:
  inc esi
  mov dword ptr [target + 1], esi
  mov dword ptr [step], esi
1:
  pause
  cmp dword ptr [finished], esi
  jne 1b
  cmp dword ptr [answer], esi
  je right
  inc ebp
right:
  cmp esi, 200
  jne again
  done
second:
  mov edi, 1
2:
  pause
  cmp dword ptr [step], edi
  jne 2b
  xor eax, eax
  cpuid
target:
  mov eax, 0x12345678
  mov dword ptr [answer], eax
  mov dword ptr [finished], edi
  inc edi
  jmp 2b
  cpu_start
