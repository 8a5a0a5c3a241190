// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: SDM vol. 2 BTC with LOCK: two processors toggle bits of one word; each finds its own as it left it
// pitfall: 27
// expect: mem32[operand]=0x80000001 mem32[data_page+0x80]=0
  .equ operand, FREE + 33
  .equ wrong, DATA + 0x80
  apic_on
  start_cpu 1, second
  mov ebx, 0
  call work
wait:
  pause
  cmp dword ptr [DATA], 0
  je wait
  done
second:
  mov ebx, 31
  call work
  mov dword ptr [DATA], 1
  hlt
work:
  mov ecx, 50001  // odd: set at the end
again:
  lock btc dword ptr [operand], ebx
  setc al
  mov edx, ecx
  and dl, 1
  xor dl, 1  // set before every second time
  cmp al, dl
  je right
  lock inc dword ptr [wrong]
right:
  dec ecx
  jnz again
  ret
  cpu_start
