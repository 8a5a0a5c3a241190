// From the loader's 32-bit state and from the SIPI's real mode into 64-bit C; the event stubs; accesses that may
// fault.
// Multiboot 0.6.96 3.1, 3.2; SDM vol. 3 9.8.5 (into IA-32e mode), 8.4 (starting processors).

#define MAGIC 0x1BADB002
#define FLAGS 3
#define TRAMPOLINE 0x8000
#define STACK_SIZE 16384
#define MAX_CPUS 8

  .section .multiboot, "a"
  .align 4
  .long MAGIC, FLAGS, -(MAGIC + FLAGS)

  .text
  .code32
  .globl start
start:
  mov $stacks + STACK_SIZE, %esp
  mov %ebx, bootInfo
  mov %eax, bootMagic
  call buildPages
  jmp enterLong

// 4 GiB one to one in 2 MiB pages.
buildPages:
  movl $pdpt + 7, pml4
  mov $pdpt, %edi
  mov $pageDirectories + 7, %eax
  mov $4, %ecx
1:
  mov %eax, (%edi)
  add $8, %edi
  add $4096, %eax
  loop 1b
  mov $pageDirectories, %edi
  mov $0x87, %eax
  mov $2048, %ecx
2:
  mov %eax, (%edi)
  add $8, %edi
  add $0x200000, %eax
  loop 2b
  ret

// PAE, OSFXSR; LME, NXE; PG, WP.
enterLong:
  mov $0x220, %eax
  mov %eax, %cr4
  mov $pml4, %eax
  mov %eax, %cr3
  mov $0xC0000080, %ecx
  rdmsr
  or $0x900, %eax
  wrmsr
  mov %cr0, %eax
  or $0x80010000, %eax
  and $0x9FFFFFFB, %eax  // caches on, no emulation
  mov %eax, %cr0
  lgdt gdtPointer
  ljmp $0x08, $longMode

  .code64
longMode:
  mov $0x10, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %ss
  mov %eax, %fs
  mov %eax, %gs
  // A place among the processors, and its stack.
  mov $1, %edi
  lock xadd %edi, nextCpu
  mov %edi, %eax
  inc %eax
  imul $STACK_SIZE, %eax, %eax
  lea stacks(%rax), %rsp
  call cpuMain
1:
  hlt
  jmp 1b

  .globl sleepOnce, sleepOnceHalt
sleepOnce:
  sti
sleepOnceHalt:
  hlt
  ret

// Copied to TRAMPOLINE.
  .code16
  .globl trampoline, trampolineEnd
trampoline:
  cli
  xor %ax, %ax
  mov %ax, %ds
  lgdtl TRAMPOLINE + (trampolineGdtPointer - trampoline)
  mov %cr0, %eax
  or $1, %al
  mov %eax, %cr0
  ljmpl $0x18, $protected
  .align 8
trampolineGdtPointer:
  .word 39
  .long gdt
trampolineEnd:

  .code32
protected:
  mov $0x10, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %ss
  jmp enterLong

  .code64
// One stub a vector, 16 bytes apart: vector and an error code are always on the stack.
  .align 16
  .globl eventStubs
eventStubs:
  .set vector, 0
  .rept 256
  .align 16
  .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)
  push $0
  .endif
  push $vector
  jmp eventEntry
  .set vector, vector + 1
  .endr

eventEntry:
  push %rax
  push %rcx
  push %rdx
  push %rbx
  push %rbp
  push %rsi
  push %rdi
  push %r8
  push %r9
  push %r10
  push %r11
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, %rdi
  cld
  call handleEvent
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %r11
  pop %r10
  pop %r9
  pop %r8
  pop %rdi
  pop %rsi
  pop %rbp
  pop %rbx
  pop %rdx
  pop %rcx
  pop %rax
  add $16, %rsp
  iretq

// A #PF between tryBegin and tryEnd makes the function return 0 (handleEvent); else it returns 1.
  .globl tryBegin, tryEnd, tryFault, tryLoad, tryStore, tryAdd
tryBegin:
tryLoad:  // address, where to
  mov (%rdi), %rax
  mov %rax, (%rsi)
  mov $1, %eax
  ret
tryStore:  // address, value
  mov %rsi, (%rdi)
  mov $1, %eax
  ret
tryAdd:  // address, value: one locked operation
  lock add %rsi, (%rdi)
  mov $1, %eax
  ret
tryEnd:
tryFault:
  xor %eax, %eax
  ret

  .data
  .align 16
  .globl gdt
gdt:
  .quad 0
  .quad 0x00AF9B000000FFFF  // 08: 64-bit code
  .quad 0x00CF93000000FFFF  // 10: data
  .quad 0x00CF9B000000FFFF  // 18: 32-bit code
  .quad 0
gdtPointer:
  .word 39
  .long gdt
  .globl nextCpu
nextCpu:
  .long 0

  .bss
  .align 4096
  .globl pml4, pdpt, pageDirectories, stacks, bootInfo, bootMagic
pml4:
  .skip 4096
pdpt:
  .skip 4096
pageDirectories:
  .skip 4 * 4096
stacks:
  .skip MAX_CPUS * STACK_SIZE
bootInfo:
  .skip 4
bootMagic:
  .skip 4
