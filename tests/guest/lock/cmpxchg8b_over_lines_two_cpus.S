// mode: prot32
// machine: pc
// cpus: 2
// manual: SDM vol. 2 CMPXCHG8B with LOCK, over two cache lines
// pitfall: 27
// expect: mem32[operand]=40000 mem32[operand+4]=-40000
  .equ operand, FREE + 60
  apic_on
  start_cpu 1, second
  call work
wait:
  pause
  cmp dword ptr [DATA], 0
  je wait
  done
second:
  call work
  mov dword ptr [DATA], 1
  hlt
work:
  mov esi, 20000
again:
  mov eax, dword ptr [operand]
  mov edx, dword ptr [operand + 4]
retry:
  mov ebx, eax
  mov ecx, edx
  inc ebx
  dec ecx
  lock cmpxchg8b qword ptr [operand]
  jne retry
  dec esi
  jnz again
  ret
  cpu_start
