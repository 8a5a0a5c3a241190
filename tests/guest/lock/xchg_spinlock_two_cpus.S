// mode: real16 prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 2 XCHG: LOCK is implied; vol. 3 8.2.3.9: accesses around it keep their order
// pitfall: 27
// expect: mem32[counter]=20000
  .equ lock_word, DATA + 0x40
  .equ counter, DATA + 0x80
#if BITS == 16
  x2apic_on
#else
  apic_on
#endif
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
  mov cx, 10000
again:
  mov al, 1
  xchg byte ptr [lock_word], al
  test al, al
  jz mine
  pause
  jmp again
mine:
  inc dword ptr [counter]
  mov byte ptr [lock_word], 0
  dec cx
  jnz again
  ret
  cpu_start
