// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 3 8.1.2.1: the accessed bit is set by a locked operation on the descriptor
// expect: ebx=0
  .equ type, GDT + FREE_SELECTOR + 5
  descriptor FREE_SELECTOR, 0, 0xfffff, 0x92, 0xc
  apic_on
  start_cpu 1, second
  xor ebx, ebx
  mov ecx, 50000
again:
  // The low bit of the DPL is this CPU's; A is cleared, so that each load of the other one sets it.
  lock xor byte ptr [type], 0x20
  mov al, byte ptr [type]
  shr al, 5
  xor al, cl  // 50000 is even: set after the first time
  test al, 1
  jnz right
  inc ebx
right:
  lock and byte ptr [type], 0xfe
  dec ecx
  jnz again
  mov dword ptr [DATA], 1
  done
second:
  mov eax, FREE_SELECTOR
load:
  mov fs, eax
  cmp dword ptr [DATA], 0
  je load
  hlt
  cpu_start
