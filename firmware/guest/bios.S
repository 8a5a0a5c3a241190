# A tiny BIOS: the services that the real-mode setup code of a Linux kernel asks for, and no more.
#
# It occupies the last 8 KiB below 1 MiB (F000:E000 up to the reset vector). The builder copies it,
# fills in the parameter block below and lets the CPU start at F000:E000.
# Handlers change only the registers that carry results and the carry or zero flag in the frame.

        .code16
        .section .rodata
        .globl  duetGuestBios, duetGuestBiosEnd
        .set    BASE, 0xe000            # offset in segment F000
#define AT(label) ((label) - duetGuestBios + BASE)
#define FLAGS_OF_FRAME 6                /* from BP after "push bp": return IP, CS, then FLAGS */

        .balign 16
duetGuestBios:
        jmp     start
        .balign 4
        jmp     restart                 # from the reset vector
        .balign 8

# --- parameter block, offset 8: laid out as struct Parameters in guest_bios.cpp
entry:          .word   0, 0            # where the kernel's setup code begins: IP, CS
dataSegment:    .word   0
stackPointer:   .word   0
memoryLow:      .word   0               # KiB between 1 and 16 MiB
memoryHigh:     .word   0               # 64 KiB blocks above 16 MiB
memoryOld:      .word   0               # KiB above 1 MiB as INT 15h AH=88h tells it
mapEntries:     .word   0
map:            .fill   32 * 20, 1, 0   # BIOS memory map
# --- end of the parameter block

vectors:        # number, handler; ended by a handler of 0
        .word   0x08, AT(timer)
        .word   0x10, AT(video)
        .word   0x11, AT(equipment)
        .word   0x12, AT(memorySize)
        .word   0x13, AT(disk)
        .word   0x15, AT(system)
        .word   0x16, AT(keyboard)
        .word   0x18, AT(stop)
        .word   0x19, AT(stop)
        .word   0x1a, AT(clock)
        .word   0, 0

systemTable:    # INT 15h AH=C0h: length, model FC (AT), submodel 1, revision 0, features
        .word   8
        .byte   0xfc, 1, 0, 0x70, 0, 0, 0, 0

start:
        cli
        cld
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $0x7c00, %sp
        call    setVectors
        call    setDataArea
        call    setInterruptControllers
        cmpw    $0, %cs:AT(entry) + 2
        je      stop
        movw    %cs:AT(dataSegment), %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %cs:AT(stackPointer), %bx
        movw    %ax, %ss
        movw    %bx, %sp
        ljmpw   *%cs:AT(entry)

restart:        # the processor was initialised, or a program jumped to the reset vector: CMOS 0Fh says why
        cli
        cld
        xorw    %ax, %ax
        movw    %ax, %ds
        movb    $0x0f, %al              # there is no stack yet
        outb    %al, $0x70
        inb     $0x71, %al
        movb    %al, %ah
        movb    $0x0f, %al
        outb    %al, $0x70
        movb    $0, %al
        outb    %al, $0x71
        cmpb    $0x05, %ah              # go on at 40h:67h, interrupts acknowledged first
        je      1f
        cmpb    $0x0a, %ah              # the same without
        je      2f
        movw    $0xcf9, %dx
        movb    $0x02, %al
        outb    %al, %dx
        movb    $0x06, %al
        outb    %al, %dx
        jmp     stop
1:      movb    $0x20, %al
        outb    %al, $0xa0
        outb    %al, $0x20
2:      ljmpw   *0x467

stop:   # no operating system
        cli
        hlt
        jmp     stop

setVectors:
        xorw    %di, %di
        movw    $0x100, %cx
1:      movw    $AT(ignore), %ax
        stosw
        movw    %cs, %ax
        stosw
        loop    1b
        movw    $0x08 * 4, %di
        movw    $AT(masterInterrupt), %ax
        call    eightVectors
        movw    $0x70 * 4, %di
        movw    $AT(slaveInterrupt), %ax
        call    eightVectors
        movw    $AT(vectors), %si
2:      movw    %cs:(%si), %di
        movw    %cs:2(%si), %ax
        testw   %ax, %ax
        jz      3f
        shlw    $2, %di
        movw    %ax, (%di)
        addw    $4, %si
        jmp     2b
3:      ret

eightVectors:   # 8 vectors from ES:DI all to CS:AX
        movw    $8, %cx
1:      stosw
        addw    $2, %di
        loop    1b
        ret

setDataArea:    # the BIOS data area at 400h
        movw    $0x400, %di
        movw    $0x80, %cx
        xorw    %ax, %ax
        rep stosw
        movw    $0x3f8, 0x400           # COM1
        movw    $0x9fc0, 0x40e          # segment of the extended data area
        movw    $0x0202, 0x410          # equipment: one serial port, coprocessor
        movw    $639, 0x413             # KiB of conventional memory
        movw    $0x1e, 0x41a            # empty keyboard buffer
        movw    $0x1e, 0x41c
        movw    $0x9fc0, %ax
        movw    %ax, %es
        movb    $1, %es:0               # its size in KiB
        xorw    %ax, %ax
        movw    %ax, %es
        ret

setInterruptControllers:        # vectors 08h and 70h; only the timer is open
        movb    $0x11, %al
        outb    %al, $0x20
        outb    %al, $0xa0
        movb    $0x08, %al
        outb    %al, $0x21
        movb    $0x70, %al
        outb    %al, $0xa1
        movb    $4, %al
        outb    %al, $0x21
        movb    $2, %al
        outb    %al, $0xa1
        movb    $1, %al
        outb    %al, $0x21
        outb    %al, $0xa1
        movb    $0xfa, %al
        outb    %al, $0x21
        movb    $0xff, %al
        outb    %al, $0xa1
        movb    $0x36, %al              # counter 0: square wave, 18.2 Hz
        outb    %al, $0x43
        xorb    %al, %al
        outb    %al, $0x40
        outb    %al, $0x40
        ret

# --- interrupts from hardware

timer:
        pushw   %ax
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        incl    0x46c
        popw    %ds
        jmp     endMaster
slaveInterrupt:
        pushw   %ax
        movb    $0x20, %al
        outb    %al, $0xa0
        jmp     endMaster
masterInterrupt:
        pushw   %ax
endMaster:
        movb    $0x20, %al
        outb    %al, $0x20
        popw    %ax
ignore:
        iret

# --- services

video:          # INT 10h: there is no screen; 80x25 text is claimed, teletype goes to the debug port
        cmpb    $0x0e, %ah
        je      1f
        cmpb    $0x0f, %ah
        je      2f
        cmpb    $0x03, %ah
        je      3f
        iret
1:      pushw   %dx
        movw    $0x402, %dx
        outb    %al, %dx
        popw    %dx
        iret
2:      movw    $0x5003, %ax
        movb    $0, %bh
        iret
3:      movw    $0x0607, %cx
        xorw    %dx, %dx
        iret

equipment:      # INT 11h
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    0x410, %ax
        popw    %ds
        iret

memorySize:     # INT 12h
        pushw   %ds
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    0x413, %ax
        popw    %ds
        iret

disk:           # INT 13h: no drives
        movb    $1, %ah
        jmp     failed

system:         # INT 15h
        cmpw    $0xe820, %ax
        je      memoryMap
        cmpw    $0xe801, %ax
        je      memoryBlocks
        cmpb    $0x88, %ah
        je      1f
        cmpb    $0x24, %ah
        je      gateA20
        cmpb    $0xc0, %ah
        je      2f
        movb    $0x86, %ah
        jmp     failed
1:      movw    %cs:AT(memoryOld), %ax
        jmp     worked
2:      movw    %cs, %bx
        movw    %bx, %es
        movw    $AT(systemTable), %bx
        movb    $0, %ah
        jmp     worked

memoryMap:      # EBX = index, ES:DI = buffer, ECX = its size, EDX = "SMAP"
        cmpl    $0x534d4150, %edx
        jne     1f
        cmpl    $20, %ecx
        jb      1f
        movzwl  %cs:AT(mapEntries), %eax
        cmpl    %eax, %ebx
        jae     1f
        pushw   %si
        pushw   %di
        imulw   $20, %bx, %si
        addw    $AT(map), %si
        movl    $10, %ecx
        cld
        rep movsw %cs:(%si), %es:(%di)
        popw    %di
        popw    %si
        incl    %ebx
        cmpl    %eax, %ebx
        jb      2f
        xorl    %ebx, %ebx
2:      movl    $20, %ecx
        movl    %edx, %eax
        jmp     worked
1:      movb    $0x86, %ah
        jmp     failed

memoryBlocks:
        movw    %cs:AT(memoryLow), %ax
        movw    %cs:AT(memoryHigh), %bx
        movw    %ax, %cx
        movw    %bx, %dx
        jmp     worked

gateA20:        # AL: 0 off, 1 on, 2 state, 3 ways to switch
        cmpb    $2, %al
        je      1f
        ja      2f
        pushw   %bx
        movb    %al, %bl
        shlb    $1, %bl
        inb     $0x92, %al
        andb    $0xfc, %al              # bit 0 would reset the machine
        orb     %bl, %al
        outb    %al, $0x92
        popw    %bx
        movb    $0, %ah
        jmp     worked
1:      inb     $0x92, %al
        shrb    $1, %al
        andw    $1, %ax
        jmp     worked
2:      movw    $2, %bx                 # port 92h
        movb    $0, %ah
        jmp     worked

keyboard:       # INT 16h: nobody types
        testb   $0xef, %ah              # 00h, 10h
        jz      1f
        cmpb    $0x01, %ah
        je      2f
        cmpb    $0x11, %ah
        je      2f
        cmpb    $0x02, %ah
        jne     3f
        movb    $0, %al
3:      iret
1:      xorw    %ax, %ax
        iret
2:      pushw   %bp
        movw    %sp, %bp
        orb     $0x40, FLAGS_OF_FRAME(%bp)      # ZF: no key
        popw    %bp
        iret

clock:          # INT 1Ah
        cmpb    $0x00, %ah
        je      1f
        cmpb    $0x02, %ah
        je      2f
        cmpb    $0x04, %ah
        je      3f
        jmp     failed
1:      pushw   %ds
        xorw    %dx, %dx
        movw    %dx, %ds
        movw    0x46c, %dx
        movw    0x46e, %cx
        movb    0x470, %al
        popw    %ds
        iret
2:      movb    $0x04, %al
        call    readCmos
        movb    %al, %ch
        movb    $0x02, %al
        call    readCmos
        movb    %al, %cl
        movb    $0x00, %al
        call    readCmos
        movb    %al, %dh
        movb    $0, %dl
        jmp     worked
3:      movb    $0x32, %al
        call    readCmos
        movb    %al, %ch
        movb    $0x09, %al
        call    readCmos
        movb    %al, %cl
        movb    $0x08, %al
        call    readCmos
        movb    %al, %dh
        movb    $0x07, %al
        call    readCmos
        movb    %al, %dl
        jmp     worked

readCmos:
        outb    %al, $0x70
        inb     $0x71, %al
        ret

worked:
        pushw   %bp
        movw    %sp, %bp
        andb    $0xfe, FLAGS_OF_FRAME(%bp)
        popw    %bp
        iret
failed:
        pushw   %bp
        movw    %sp, %bp
        orb     $1, FLAGS_OF_FRAME(%bp)
        popw    %bp
        iret

duetGuestBiosEnd:
        .section .note.GNU-stack, "", @progbits
