// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 4.8: A and D are set by locked operations, so bits that software changes with LOCK are never lost
// pitfall: 13
// expect: ebx=0
#if LMODE
  .equ entry, PT64 + (FREE >> 12) * 8
#else
  .equ entry, PT32 + (FREE >> 12) * 4
#endif
  paging_on
  apic_on
  start_cpu 1, second
  xor ebx, ebx
  mov ecx, 50000
again:
  // Bit 9 is software's; A and D are cleared so that the other CPU sets them again and again.
  lock xor dword ptr [entry], 0x200
  mov eax, dword ptr [entry]
  shr eax, 9
  xor eax, ecx  // 50000 is even: set after the first time
  test al, 1
  jnz right
  inc ebx
right:
  lock and dword ptr [entry], ~0x60
  dec ecx
  jnz again
  mov dword ptr [DATA], 1
  done
second:
  paging_on
use:
  mov eax, dword ptr [FREE]
  mov dword ptr [FREE], eax
  invlpg [FREE]
  cmp dword ptr [DATA], 0
  je use
  hlt
  cpu_start
