// Where things lie in a guest test's machine: the one list, for the programs (.S) and the runner (C++).
// All of it is mapped one to one while paging is on.
#ifndef DUET_TESTS_GUEST_LAYOUT_H
#define DUET_TESTS_GUEST_LAYOUT_H

#define IVT 0x0
#define HANDLERS 0x1000  // one HLT a vector, at HANDLERS + vector
#define GDT 0x2000
#define GDT_LIMIT 0xfff
#define IDT 0x3000
#define TSS 0x4000
#define CPU_START_DATA 0x4800  // what start_cpu leaves for the CPU it starts
#define CPU_STACKS_16 0x4c00   // real mode: 256 bytes a CPU, up to 0x4fff
#define TSS_LIMIT 0x67         // no I/O permission map: every port is refused above IOPL
#define DATA 0x5000            // a page for the test's own use
#define STACK 0x7f00           // where SP starts; the page below 0x7000 is the stack's too
#define IMAGE 0x8000           // .text .data .bss, up to 0xffff
#define STACK0 0x11000         // SP0 of the TSS
#define STACK_IST 0x12000
#define USER_STACK 0x13000  // its page is a user page
#define PML4 0x14000
#define PDPT 0x15000
#define PD64 0x16000
#define PT64 0x17000  // 0..2 MB in 4 KB pages
#define PD32 0x18000
#define PT32 0x19000          // 0..4 MB in 4 KB pages
#define PDPT_PAE 0x1a000      // PAE: shares PD64 and PT64
#define PD64_DEVICES 0x1b000  // the fourth GB: DEVICES alone
#define PT32_DEVICES 0x1c000
#define CPU_START 0x1d000   // .cpu_start: where a SIPI starts a CPU
#define USER_IMAGE 0x20000  // .user, 64 KB of user pages
#define USER_IMAGE_SIZE 0x10000
#define CPU_STACKS 0x30000  // 4 KB a CPU
#define FREE 0x100000       // 1 MB of supervisor pages for the test's own use

// Selectors. The order suits SYSCALL/SYSRET and SYSENTER/SYSEXIT.
#define CODE0_32 0x08
#define CODE0_64 0x10
#define DATA0 0x18
#define CODE3_32 0x23
#define DATA3 0x2b
#define CODE3_64 0x33
#define DATA3_COPY 0x3b
#define TSS_SELECTOR 0x40  // 16 bytes in long mode
#define CODE0_16 0x50
#define DATA0_16 0x58
#define FREE_SELECTOR 0x60  // from here on the test's own

#define DEVICES 0xfec00000  // 4 MB of registers, with `machine: pc`
#define IOAPIC 0xfec00000
#define HPET 0xfed00000
#define APIC 0xfee00000

// Virtual-8086 programs: .user and the user stack, as segments.
#define V86_CODE 0x2000
#define V86_STACK 0x1200
#define V86_SP 0x200

#define DONE_VECTOR 0xff      // INT DONE_VECTOR ends the test, from any privilege level
#define INTERRUPT_PORT 0x600  // OUT of a byte raises that external interrupt; not with `machine: pc`

#endif
