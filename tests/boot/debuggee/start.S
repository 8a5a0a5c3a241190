// From the PVH entry (32-bit protected mode) to long mode, on the boot processor and, from a SIPI in real mode,
// on a second one. Both then run C.
#include "tests/boot/debuggee/debuggee.h"

// Xen's PVH boot ABI: note 18 holds the 32-bit entry point.
  .section .note.pvh, "a", @note
  .long 4, 4, 18
  .asciz "Xen"
  .long start32

  .section .text.start, "ax"
  .code32
  .globl start32
start32:
  cld
  lgdt gdtPointer
  mov $0x10, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %ss
  mov $bootStack, %esp
  mov $trampoline, %esi
  mov $TRAMPOLINE, %edi
  mov $(trampolineEnd - trampoline), %ecx
  rep movsb
  call enterLongMode
  ljmp $0x18, $start64

  .globl enterLongMode
enterLongMode:
  mov %cr4, %eax
  or $0x20, %eax          // PAE
  mov %eax, %cr4
  mov $pml4, %eax
  mov %eax, %cr3
  mov $0xc0000080, %ecx
  rdmsr
  or $0x100, %eax         // EFER.LME
  wrmsr
  mov %cr0, %eax
  or $0x80000000, %eax
  mov %eax, %cr0
  ret

  .code64
start64:
  mov $bootStack, %rsp
  xor %ebp, %ebp
  call kernelMain
  hlt

// The second processor: CS = TRAMPOLINE >> 4, IP = 0.
  .code16
trampoline:
  cli
  lgdtl %cs:(gdtPointer16 - trampoline)
  mov %cr0, %eax
  or $1, %eax
  mov %eax, %cr0
  ljmpl $8, $second32
gdtPointer16:
  .word gdtEnd - gdt - 1
  .long gdt
trampolineEnd:

  .code32
  .globl second32
second32:
  mov $0x10, %eax
  mov %eax, %ds
  mov %eax, %ss
  mov $secondStack, %esp
  call enterLongMode
  ljmp $0x18, $second64
  .code64
second64:
  mov $secondStack, %rsp
  xor %ebp, %ebp
  call secondMain
  hlt

  .data
  .align 8
gdt:
  .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
gdtEnd:
gdtPointer:
  .word gdtEnd - gdt - 1
  .long gdt

// The first 4 GiB as they are, and once more from ALIAS on.
  .align 4096
pml4:
  .quad pdpt + 3
  .fill 255, 8, 0
  .quad pdpt + 3
  .fill 255, 8, 0
pdpt:
  .quad pd + 3, pd + 0x1003, pd + 0x2003, pd + 0x3003
  .fill 508, 8, 0
pd:
  .set at, 0
  .rept 2048
  .quad at + 0x83
  .set at, at + 0x200000
  .endr

  .bss
  .align 16
  .skip 16384
bootStack:
  .skip 16384
secondStack:

  .section .note.GNU-stack, "", @progbits
