// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 8.1.2.2: a locked operation over two cache lines is one operation
// pitfall: 27
// expect: mem32[operand]=200000
  .equ operand, FREE + 62
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
  mov ecx, 100000
again:
  lock inc dword ptr [operand]
  dec ecx
  jnz again
  ret
  cpu_start
