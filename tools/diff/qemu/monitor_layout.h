// Where things lie in the guest's memory and in what it shares with the engine: for monitor.S and for C++ alike, so
// macros. Sizes and offsets are those of the structures in machine.h and of host/shared_layout.h.
#pragma once

// Physical. Below QEMU_CONTROL: SystemArea and behind it the case's pages, up to the hole at 640 KiB.
#define QEMU_PAGES 0x40000
#define QEMU_MAX_PAGES 96
#define QEMU_CONTROL 0x100000
#define QEMU_TABLES 0x101000  // page tables of the monitor alone: PML4, then two PDPTs
#define QEMU_DIRECT_PDPT 0x102000
#define QEMU_LOW_PDPT 0x103000
#define QEMU_STACK_TOP 0x110000
#define QEMU_NMI_STACK_TOP 0x10f000
#define QEMU_ORIGINALS 0x200000  // the case's pages as Memory has them
#define QEMU_CASES 0x400000
#define QEMU_ANSWERS 0x800000
#define QEMU_RAM_SIZE 0x2000000
#define QEMU_ROM 0xffff0000  // the monitor: the last 64 KiB below 4 GiB, where the processor begins

// Linear: the first 4 GiB once more, for the monitor, in every address space.
#define QEMU_DIRECT 0xffff800000000000
#define QEMU_DIRECT_SLOT 256  // in a PML4

// Control
#define CONTROL_BATCH 0
#define CONTROL_DONE 4
#define CONTROL_READY 8
#define CONTROL_CASES 12
#define CONTROL_ANSWERS 16
#define CONTROL_WRITABLE 20
#define CONTROL_STARTED 24
#define CONTROL_RETRIED 28
#define CONTROL_CR0 32
#define CONTROL_CR3 40
#define CONTROL_CR4 48
#define CONTROL_XCR0 56
#define CONTROL_EFER 64
#define CONTROL_CURRENT 72
#define CONTROL_NEXT_ANSWER 80
#define CONTROL_LEFT 88
#define CONTROL_GDTR 96
#define CONTROL_IDTR 112
#define CONTROL_TR 128
#define CONTROL_PAGE 192
#define CONTROL_PAGE_SIZE 24

// host::Start
#define START_FS_BASE 832
#define START_GS_BASE 840
#define START_DS 848
#define START_GPR 856
#define START_PATCHES 1016
#define START_BYTES 1020
#define START_SIZE 1024

// Answer
#define ANSWER_GPR 832
#define ANSWER_RIP 960
#define ANSWER_CS 968
#define ANSWER_RFLAGS 976
#define ANSWER_SS 984
#define ANSWER_CR2 992
#define ANSWER_FS_BASE 1000
#define ANSWER_GS_BASE 1008
#define ANSWER_DS 1016
#define ANSWER_VECTOR 1024
#define ANSWER_ERROR_CODE 1028
#define ANSWER_PAGES 1032
#define ANSWER_REFUSED 1036
#define ANSWER_SIZE 1088

// A page that the case has written, behind its Answer: the number, then its bytes.
#define WRITTEN_HEADER 64
#define WRITTEN_SIZE 4160
