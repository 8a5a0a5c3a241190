# The guest's side: runs one case after the other and stores what became of each.
#
# It is QEMU's whole firmware, 64 KiB below 4 GiB, executed where it lies; the engine adds the jump at the reset vector.
# All it reads and writes lies in the memory that the engine shares (monitor_layout.h). RBX: Control.
#include "tools/diff/qemu/monitor_layout.h"

#define AT(label) (QEMU_ROM + (label) - duetQemuMonitor)
#define LINEAR(physical) (QEMU_DIRECT + (physical))
#define BOOT_CODE32 0x08
#define KERNEL_CODE 0x10   /* SystemArea's GDT has 64-bit code there, too */
#define KERNEL_DATA 0x18
#define VECTOR_NMI 2
#define STRANGE_FLAGS (~0x254fd7)   /* what no user code can have set */
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define PTE_DIRTY 0x40
#define XSAVE_XSTATE_BV 512
/* #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP push an error code */
#define WITH_ERROR_CODE 0x00227d00

        .section .rodata
        .globl  duetQemuMonitor, duetQemuMonitorEnd, duetQemuException
        .balign 16

        .code16
duetQemuMonitor:
        cli
        lgdtl   %cs:(bootGdtr - duetQemuMonitor)
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        ljmpl   $BOOT_CODE32, $AT(flat)

        .code32
flat:   movl    $KERNEL_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %ss
        movl    $0x1ff, 0xfee000f0      # local APIC on,
        movl    $0x400, 0xfee00360      # its LINT1 an NMI: by that the engine wakes and interrupts us
        movl    $0x20, %eax             # PAE
        movl    %eax, %cr4
        movl    $QEMU_TABLES, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx
        movl    $0x901, %eax            # NXE, LME, SCE
        xorl    %edx, %edx
        wrmsr
        movl    $0x80000033, %eax       # PG, NE, ET, MP, PE
        movl    %eax, %cr0
        ljmpl   $KERNEL_CODE, $AT(long)

        .code64
long:   leaq    1f(%rip), %rax
        movabsq $QEMU_DIRECT, %rcx
        addq    %rcx, %rax
        jmp     *%rax
1:      movabsq $LINEAR(QEMU_CONTROL), %rbx
        movl    $1, CONTROL_READY(%rbx)

# An NMI in here begins here again: so no batch is overlooked between the question and the HLT.
idle:   movabsq $LINEAR(QEMU_STACK_TOP), %rsp
        movabsq $LINEAR(QEMU_CONTROL), %rbx
        movl    CONTROL_BATCH(%rbx), %eax
        cmpl    CONTROL_DONE(%rbx), %eax
        jne     batch
        cmpl    $0, CONTROL_STARTED(%rbx)
        jne     1f
        pause                           # there is no IDT yet
        jmp     idle
1:      hlt
idleEnd:
        jmp     idle

batch:  movabsq $LINEAR(QEMU_CASES), %rax
        movq    %rax, CONTROL_CURRENT(%rbx)
        movabsq $LINEAR(QEMU_ANSWERS), %rax
        movq    %rax, CONTROL_NEXT_ANSWER(%rbx)
        movl    CONTROL_CASES(%rbx), %eax
        movq    %rax, CONTROL_LEFT(%rbx)
        movl    $0, CONTROL_ANSWERS(%rbx)
        cmpl    $0, CONTROL_STARTED(%rbx)
        jne     1f
        lgdt    CONTROL_GDTR(%rbx)
        lidt    CONTROL_IDTR(%rbx)
        movq    CONTROL_GDTR + 2(%rbx), %rax
        movzwl  CONTROL_TR(%rbx), %ecx
        andb    $0xfd, 5(%rax,%rcx)     # LTR wants it not busy
        ltr     %cx
        movl    $1, CONTROL_STARTED(%rbx)
1:      movl    $0xc0000080, %ecx
        movl    CONTROL_EFER(%rbx), %eax
        xorl    %edx, %edx
        wrmsr
        movq    CONTROL_CR0(%rbx), %rax
        movq    %rax, %cr0
        movq    CONTROL_CR4(%rbx), %rax
        movq    %rax, %cr4
        movq    CONTROL_CR3(%rbx), %rax
        movq    %rax, %cr3
        xorl    %ecx, %ecx
        movl    CONTROL_XCR0(%rbx), %eax
        xorl    %edx, %edx
        xsetbv

next:   cmpq    $0, CONTROL_LEFT(%rbx)
        je      finish
        movl    CONTROL_WRITABLE(%rbx), %eax
        imulq   $WRITTEN_SIZE, %rax, %rax
        addq    CONTROL_NEXT_ANSWER(%rbx), %rax
        addq    $ANSWER_SIZE, %rax
        movabsq $LINEAR(QEMU_RAM_SIZE), %rcx
        cmpq    %rcx, %rax
        ja      finish                  # no room for its answer: the engine sends it again
        decq    CONTROL_LEFT(%rbx)
        movl    $0, CONTROL_RETRIED(%rbx)

enter:  xorl    %r11d, %r11d
        call    patch
        movq    CONTROL_CURRENT(%rbx), %rdi
        movl    $-1, %eax
        movl    $-1, %edx
        xrstor64 (%rdi)
        movw    START_DS(%rdi), %ds
        movw    START_DS + 2(%rdi), %es
        movw    START_DS + 4(%rdi), %fs
        movw    START_DS + 6(%rdi), %gs
        movl    $0xc0000100, %ecx
        movl    START_FS_BASE(%rdi), %eax
        movl    START_FS_BASE + 4(%rdi), %edx
        wrmsr
        movl    $0xc0000101, %ecx
        movl    START_GS_BASE(%rdi), %eax
        movl    START_GS_BASE + 4(%rdi), %edx
        wrmsr
        leaq    START_GPR(%rdi), %rsp
        popq    %rax
        popq    %rcx
        popq    %rdx
        popq    %rbx
        popq    %rbp
        popq    %rsi
        popq    %rdi
        popq    %r8
        popq    %r9
        popq    %r10
        popq    %r11
        popq    %r12
        popq    %r13
        popq    %r14
        popq    %r15
        iretq

finish: movl    $QEMU_TABLES, %eax      # the engine may write new tables now
        movq    %rax, %cr3
        movl    CONTROL_BATCH(%rbx), %eax
        movl    %eax, CONTROL_DONE(%rbx)
        jmp     idle

# The patches of the current case over the pages; R11 not 0: what lies at R11 for these places instead.
patch:  movq    CONTROL_CURRENT(%rbx), %rdx
        movl    START_PATCHES(%rdx), %r8d
        leaq    START_SIZE(%rdx), %r9
        movabsq $LINEAR(QEMU_PAGES), %rdx
1:      subl    $1, %r8d
        jc      3f
        movl    (%r9), %edi
        movl    4(%r9), %r10d
        leaq    8(%r9), %rsi
        testq   %r11, %r11
        jz      2f
        leaq    (%r11,%rdi), %rsi
2:      addq    %rdx, %rdi
        movl    %r10d, %ecx
        shrl    $3, %ecx
        rep movsq
        movl    %r10d, %ecx
        andl    $7, %ecx
        rep movsb
        addq    $7, %r10
        andq    $~7, %r10
        leaq    8(%r9,%r10), %r9
        jmp     1b
3:      ret

# QEMU's IRET and POPF leave VIP, VIF and reserved bits alone, but a case may get them set (IRET to virtual-8086 mode). SYSCALL
# clears what its mask says.
resetFlags:
        movl    $MSR_STAR, %ecx
        xorl    %eax, %eax
        movl    $KERNEL_CODE, %edx
        wrmsr
        movl    $MSR_LSTAR, %ecx
        leaq    1f(%rip), %rax
        movq    %rax, %rdx
        shrq    $32, %rdx
        wrmsr
        movl    $MSR_FMASK, %ecx
        movl    $~2, %eax
        xorl    %edx, %edx
        wrmsr
        syscall
1:      xorl    %eax, %eax              # user code finds them 0
        xorl    %edx, %edx
        movl    $MSR_FMASK, %ecx
        wrmsr
        movl    $MSR_LSTAR, %ecx
        wrmsr
        movl    $MSR_STAR, %ecx
        wrmsr
        ret

# From the handlers, which have pushed the vector.
duetQemuException:
        pushq   %rax
        cmpb    $VECTOR_NMI, 8(%rsp)
        jne     take
        cmpw    $KERNEL_CODE, 24(%rsp)
        jne     take
        btl     $31, 20(%rsp)           # RIP in the kernel's half: CS alone may be virtual-8086 mode's
        jnc     take
        leaq    idle(%rip), %rax
        subq    16(%rsp), %rax
        negq    %rax
        cmpq    $(idleEnd - idle), %rax
        ja      1f
        leaq    idle(%rip), %rax
        movq    %rax, 16(%rsp)
1:      popq    %rax
        addq    $8, %rsp
        iretq

take:   movabsq $LINEAR(QEMU_CONTROL), %rax
        movq    CONTROL_NEXT_ANSWER(%rax), %rax
        movq    %rcx, ANSWER_GPR + 8(%rax)
        movq    %rdx, ANSWER_GPR + 16(%rax)
        movq    %rbx, ANSWER_GPR + 24(%rax)
        movq    %rbp, ANSWER_GPR + 40(%rax)
        movq    %rsi, ANSWER_GPR + 48(%rax)
        movq    %rdi, ANSWER_GPR + 56(%rax)
        movq    %r8, ANSWER_GPR + 64(%rax)
        movq    %r9, ANSWER_GPR + 72(%rax)
        movq    %r10, ANSWER_GPR + 80(%rax)
        movq    %r11, ANSWER_GPR + 88(%rax)
        movq    %r12, ANSWER_GPR + 96(%rax)
        movq    %r13, ANSWER_GPR + 104(%rax)
        movq    %r14, ANSWER_GPR + 112(%rax)
        movq    %r15, ANSWER_GPR + 120(%rax)
        cld
        movq    %rax, %rdi
        movabsq $LINEAR(QEMU_CONTROL), %rbx
        popq    ANSWER_GPR(%rdi)
        popq    %rax
        movzbl  %al, %eax
        movl    %eax, ANSWER_VECTOR(%rdi)
        xorl    %ecx, %ecx
        cmpl    $32, %eax
        jae     1f
        movl    $WITH_ERROR_CODE, %edx
        btl     %eax, %edx
        jnc     1f
        popq    %rcx
1:      movl    %ecx, ANSWER_ERROR_CODE(%rdi)
        popq    ANSWER_RIP(%rdi)
        popq    ANSWER_CS(%rdi)
        popq    ANSWER_RFLAGS(%rdi)
        popq    ANSWER_GPR + 32(%rdi)
        popq    ANSWER_SS(%rdi)
        movabsq $LINEAR(QEMU_STACK_TOP), %rsp
        xorl    %eax, %eax
        cmpw    $KERNEL_CODE, ANSWER_CS(%rdi)
        jne     1f
        movl    ANSWER_RIP + 4(%rdi), %eax
        shrl    $31, %eax                       # our own XRSTOR, MOV or IRETQ
1:      movl    %eax, ANSWER_REFUSED(%rdi)
        movq    %cr2, %rax
        movq    %rax, ANSWER_CR2(%rdi)
        movw    %ds, ANSWER_DS(%rdi)
        movw    %es, ANSWER_DS + 2(%rdi)
        movw    %fs, ANSWER_DS + 4(%rdi)
        movw    %gs, ANSWER_DS + 6(%rdi)
        movl    $0xc0000100, %ecx
        rdmsr
        movl    %eax, ANSWER_FS_BASE(%rdi)
        movl    %edx, ANSWER_FS_BASE + 4(%rdi)
        movl    $0xc0000101, %ecx
        rdmsr
        movl    %eax, ANSWER_GS_BASE(%rdi)
        movl    %edx, ANSWER_GS_BASE + 4(%rdi)
        movq    $0, XSAVE_XSTATE_BV(%rdi)       # XSAVE keeps bits of what it does not save
        movl    $-1, %eax
        movl    $-1, %edx
        xsave64 (%rdi)

        # Pages that are dirty: their bytes behind the answer, then as they were.
        leaq    ANSWER_SIZE(%rdi), %r13
        xorl    %r10d, %r10d
        leaq    CONTROL_PAGE(%rbx), %rdx
        movl    CONTROL_WRITABLE(%rbx), %r8d
1:      subl    $1, %r8d
        jc      3f
        movq    (%rdx), %rax
        testb   $PTE_DIRTY, (%rax)
        jz      2f
        andb    $~PTE_DIRTY, (%rax)
        movq    8(%rdx), %rax
        invlpg  (%rax)
        movq    16(%rdx), %rax
        movq    %rax, (%r13)
        shlq    $12, %rax
        movabsq $LINEAR(QEMU_PAGES), %r9
        addq    %rax, %r9
        movq    %r9, %rsi
        leaq    WRITTEN_HEADER(%r13), %rdi
        movl    $512, %ecx
        rep movsq
        movabsq $LINEAR(QEMU_ORIGINALS), %rsi
        addq    %rax, %rsi
        movq    %r9, %rdi
        movl    $512, %ecx
        rep movsq
        addq    $WRITTEN_SIZE, %r13
        incl    %r10d
2:      addq    $CONTROL_PAGE_SIZE, %rdx
        jmp     1b

3:      movq    CONTROL_NEXT_ANSWER(%rbx), %rdi
        movl    %r10d, ANSWER_PAGES(%rdi)
        cmpl    $VECTOR_NMI, ANSWER_VECTOR(%rdi)
        sete    %r12b
        movabsq $LINEAR(QEMU_ORIGINALS), %r11
        call    patch
        testb   %r12b, %r12b
        jz      5f
        movq    %rsp, %rcx              # an IRET lets the next NMI in
        movl    %ss, %eax
        pushq   %rax
        pushq   %rcx
        pushq   $2
        pushq   $KERNEL_CODE
        leaq    4f(%rip), %rax
        pushq   %rax
        iretq
4:
        # The engine has lost patience. Perhaps the host was busy: once more from the beginning.
        cmpl    $0, CONTROL_RETRIED(%rbx)
        jne     5f
        movl    $1, CONTROL_RETRIED(%rbx)
        jmp     enter
5:      movq    %r13, CONTROL_NEXT_ANSWER(%rbx)
        testl   $STRANGE_FLAGS, ANSWER_RFLAGS(%rdi)
        jz      6f
        call    resetFlags
6:
        movq    CONTROL_CURRENT(%rbx), %rdx
        movl    START_BYTES(%rdx), %eax
        addq    %rax, CONTROL_CURRENT(%rbx)
        incl    CONTROL_ANSWERS(%rbx)
        jmp     next

        .balign 8
bootGdt:
        .quad   0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
bootGdtr:
        .word   bootGdtr - bootGdt - 1
        .long   AT(bootGdt)
duetQemuMonitorEnd:
        .section .note.GNU-stack, "", @progbits
