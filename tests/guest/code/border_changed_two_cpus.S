// mode: prot32 long64
// machine: pc
// cpus: 2
// manual: APM vol. 2 7.6.1: code in an aligned quadword may change at any time: here the last byte of an instruction over two pages
// pitfall: 25
// expect: mem32[wrong]=0 mem32[finished]=1
  .equ wrong, DATA + 0x80
  .equ finished, DATA + 0xc0
  .equ number, FREE + 0x1002
  mov dword ptr [FREE + 0xffe], 0x000005b8  // mov eax, 5; ret
  mov word ptr [FREE + 0x1002], 0xc300
  apic_on
  start_cpu 1, second
  mov ecx, 20000
again:
  mov byte ptr [number], 1
  pause
  mov byte ptr [number], 2
  dec ecx
  jnz again
  mov dword ptr [DATA], 1
1:
  pause
  cmp dword ptr [finished], 0
  je 1b
  done
second:
  mov b_, offset FREE + 0xffe
3:
  call b_
  cmp eax, 5
  je 2f
  cmp eax, 0x01000005
  je 2f
  cmp eax, 0x02000005
  je 2f
  inc dword ptr [wrong]
2:
  cmp dword ptr [DATA], 0
  je 3b
  // The last number was stored before DATA, and CPUID serializes.
  mov edi, ebx
  cpuid
  mov ebx, edi
  call b_
  cmp eax, 0x02000005
  je 4f
  inc dword ptr [wrong]
4:
  mov dword ptr [finished], 1
  hlt
  cpu_start
