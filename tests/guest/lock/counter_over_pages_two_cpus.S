// mode: long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 8.1.2.2: LOCK over two pages whose frames do not adjoin is one operation
// pitfall: 27
// expect: rax=200000
  .equ operand, FREE + 0xffd
  mov dword ptr [PT64 + ((FREE + 0x1000) >> 12) * 8], (FREE + 0x3000) | 3
  invlpg [FREE + 0x1000]
  apic_on
  start_cpu 1, second
  call work
wait:
  pause
  cmp dword ptr [DATA], 0
  je wait
  mov rax, qword ptr [operand]
  done
second:
  call work
  mov dword ptr [DATA], 1
  hlt
work:
  mov ecx, 100000
  mov eax, 1
again:
  lock xadd qword ptr [operand], rax
  mov eax, 1
  dec ecx
  jnz again
  ret
  cpu_start
