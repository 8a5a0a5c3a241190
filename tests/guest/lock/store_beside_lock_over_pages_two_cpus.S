// mode: long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 8.1.2: no other agent's access comes between the read and the write of a locked operation
// pitfall: 27
// expect: ebx=0
  // Bytes 0 and 1 of the operand count; byte 7, in the other page, belongs to this CPU's plain stores.
  .equ operand, FREE + 0xffd
  mov dword ptr [PT64 + ((FREE + 0x1000) >> 12) * 8], (FREE + 0x3000) | 3
  invlpg [FREE + 0x1000]
  apic_on
  start_cpu 1, second
  xor ebx, ebx
  mov ecx, 100000
again:
  mov byte ptr [operand + 7], cl
  pause
  cmp byte ptr [operand + 7], cl
  je kept
  inc ebx
kept:
  dec ecx
  jnz again
  mov dword ptr [DATA], 1
  done
second:
  lock xor qword ptr [operand], 1
  cmp dword ptr [DATA], 0
  je second
  hlt
  cpu_start
