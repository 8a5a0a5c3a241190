// A program to be debugged: one processor calls functions and changes variables, the other counts.
#include "tests/boot/debuggee/debuggee.h"

volatile unsigned long ticks, hundreds, seconds;
unsigned char pattern[8] = {0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7};

static void writeApic(unsigned offset, unsigned value) {
  *(volatile unsigned*)(0xfee00000ul + offset) = value;
}

__attribute__((noinline)) static void startSecond(void) {
  writeApic(0x310, 1u << 24);
  writeApic(0x300, 0x4500);                     // INIT
  writeApic(0x300, 0x4600 | TRAMPOLINE >> 12);  // SIPI
}

__attribute__((noinline)) unsigned long twice(unsigned long value) { return value + value; }

__attribute__((noinline)) void tick(void) {
  ticks = twice(ticks) - ticks + 1;
  if (ticks % 100 == 0) hundreds++;
}

void kernelMain(void) {
  startSecond();
  while (seconds == 0) __asm__ volatile("pause");
  for (;;) tick();
}

void secondMain(void) {
  for (;;) seconds++;
}
