# What a guest of SeaBIOS does to fall asleep or to be initialised. Real mode, at 0000:8000; resume_test.py enters it
# at the offsets below and reads what it writes to the debug port.
        .set DEBUG_PORT, 0x402
        .set PM1_STS, 0x600             # where SeaBIOS puts the registers on a q35
        .set PM1_EN, 0x602
        .set PM1_CNT, 0x604

        .code16
.macro rtc register, value
        movb    $\register, %al
        outb    %al, $0x70
        movb    $\value, %al
        outb    %al, $0x71
.endm
.macro out16 port, value
        movw    $\port, %dx
        movw    $\value, %ax
        outw    %ax, %dx
.endm
.macro say character
        movw    $DEBUG_PORT, %dx
        movb    $\character, %al
        outb    %al, %dx
.endm

        .org    0x000                   # sleep until the clock's next second (ACPI S3)
        cli
        rtc     1, 0xc0                 # alarm: any second, minute, hour
        rtc     3, 0xc0
        rtc     5, 0xc0
        rtc     0x0b, 0x22              # alarm interrupt, 24 hours
        movb    $0x0c, %al
        outb    %al, $0x70
        inb     $0x71, %al
        out16   PM1_STS, 0x8700
        out16   PM1_EN, 0x0400
        say     'Z'
        out16   PM1_CNT, 0x2401         # SLP_EN, S3, SCI_EN
        jmp     .

        .org    0x100                   # the waking vector
        cli
        say     'W'
        say     '!'
        hlt

        .org    0x200
        movb    $0xfe, %al
        outb    %al, $0x64
        jmp     .

        .org    0x300
        inb     $0x92, %al
        andb    $0xfe, %al
        outb    %al, $0x92
        orb     $1, %al
        outb    %al, $0x92
        jmp     .
