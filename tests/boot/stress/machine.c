// Serial line, command line, barriers, and the end.
#include "tests/boot/stress/stress.h"

extern u32 bootInfo, bootMagic;

unsigned cpuCount;
bool planted;

static const char* commandLine;

void put(const char* text) {
  for (; *text; text++) {
    while (!(in8(0x3FD) & 0x20)) {
    }
    out8(0x3F8, (u8)*text);
  }
}

void putNumber(u64 value) {
  if (value >= 10) putNumber(value / 10);
  const char digit[2] = {(char)('0' + value % 10), 0};
  put(digit);
}

void putHex(u64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) {
    const char digit[2] = {"0123456789abcdef"[value >> shift & 15], 0};
    put(digit);
  }
}

void endMachine(u32 status) {
  out32(0xF4, status);
  for (;;) __asm__ volatile("cli; hlt");
}

void fail(const char* what, u64 found, u64 expected) {
  static volatile u64 once;
  interruptsOff();
  if (exchange(&once, 1)) {
    for (;;) pause();
  }
  put("WRONG: ");
  put(what);
  put(": found ");
  putHex(found);
  put(", expected ");
  putHex(expected);
  put(" on processor ");
  putNumber(cpuIndex());
  put("\n");
  endMachine(1);
  __builtin_unreachable();
}

void wait(struct Wait* w, const char* what) {
  if (!w->start) w->start = readTsc();
  const u64 waited = readTsc() - w->start;
  CHECK(waited < (u64)1 << 37, what, waited, 0);
  pause();
}

void barrier(void) {
  static struct Line arrived, generation;
  const u64 mine = generation.value;
  if (fetchAdd(&arrived.value, 1) == cpuCount - 1) {
    arrived.value = 0;
    generation.value = mine + 1;
    return;
  }
  struct Wait w = {0};
  while (generation.value == mine) wait(&w, "a processor does not come to the barrier");
}

// --- the command line
static bool startsWith(const char* text, const char* word) {
  while (*word)
    if (*text++ != *word++) return false;
  return true;
}

const char* option(const char* name) {
  for (const char* at = commandLine; *at; at++) {
    const bool wordStarts = at == commandLine || at[-1] == ' ';
    if (!wordStarts || !startsWith(at, name)) continue;
    while (*name) at++, name++;
    return at;
  }
  return 0;
}

u64 numberOption(const char* name, u64 otherwise) {
  const char* at = option(name);
  if (!at) return otherwise;
  u64 value = 0;
  for (; *at >= '0' && *at <= '9'; at++) value = value * 10 + (u64)(*at - '0');
  return value;
}

bool listed(const char* list, const char* name) {
  while (*list && *list != ' ') {
    if (startsWith(list, name)) return true;
    while (*list && *list != ' ' && *list != ',') list++;
    if (*list == ',') list++;
  }
  return false;
}

void setupMachine(void) {
  struct {
    u32 flags, memLower, memUpper, bootDevice, commandLine;
  } const* info = (const void*)(u64)bootInfo;
  commandLine = info->flags & 4 ? (const char*)(u64)info->commandLine : "";
  cpuCount = (unsigned)numberOption("cpus=", 2);
  CHECK(bootMagic == 0x2BADB002, "no Multiboot loader", bootMagic, 0x2BADB002);
  CHECK(cpuCount >= 1 && cpuCount <= kMaxCpus, "cpus= is out of range", cpuCount, kMaxCpus);
  planted = option("planted");
  out8(0x21, 0xFF);  // no device interrupts
  out8(0xA1, 0xFF);
}
