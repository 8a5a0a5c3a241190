// A Multiboot 1 kernel that says on COM1 what the loader gave it and ends with the status its command
// line asks for: exit=N, written to port F4h.
// Multiboot 0.6.96: header (3.1), machine state (3.2), boot information (3.3).
#include <stdint.h>

enum { kHeaderMagic = 0x1BADB002, kHeaderFlags = 3, kLoaderMagic = 0x2BADB002 };

struct Header {
  uint32_t magic, flags, checksum;
};

__attribute__((section(".multiboot"), used)) static const struct Header header = {
    kHeaderMagic, kHeaderFlags, -(uint32_t)(kHeaderMagic + kHeaderFlags)};

struct Module {
  uint32_t start, end, string, reserved;
};

struct BootInfo {
  uint32_t flags, memLower, memUpper, bootDevice, commandLine, moduleCount, modules;
};

static inline void out8(uint16_t port, uint8_t value) {
  __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}
static inline void out32(uint16_t port, uint32_t value) {
  __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}
static inline uint8_t in8(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void putCharacter(char c) {
  while (!(in8(0x3FD) & 0x20)) {
  }
  out8(0x3F8, (uint8_t)c);
}

static void put(const char* text) {
  while (*text) putCharacter(*text++);
}

static void putNumber(uint32_t value) {
  if (value >= 10) putNumber(value / 10);
  putCharacter((char)('0' + value % 10));
}

// The number behind "exit=", or 99.
static uint32_t wantedStatus(const char* line) {
  for (; *line; line++) {
    const char* want = "exit=";
    const char* at = line;
    while (*want && *at == *want) at++, want++;
    if (*want) continue;
    uint32_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) value = value * 10 + (uint32_t)(*at - '0');
    return value;
  }
  return 99;
}

static void putModules(const struct BootInfo* info) {
  const struct Module* modules = (const struct Module*)info->modules;
  for (uint32_t i = 0; i < info->moduleCount; i++) {
    put("module ");
    putNumber(modules[i].end - modules[i].start);
    put(" bytes: ");
    for (const char* c = (const char*)modules[i].start; c < (const char*)modules[i].end; c++)
      putCharacter(*c);
    put(modules[i].start % 4096 == 0 ? " aligned" : " unaligned");
    put(" [");
    put((const char*)modules[i].string);
    put("]\n");
  }
}

__attribute__((used)) void kernelMain(uint32_t magic, const struct BootInfo* info) {
  put(magic == kLoaderMagic ? "magic ok\n" : "magic wrong\n");
  const char* line = info->flags & 4 ? (const char*)info->commandLine : "";
  put("command line: ");
  put(line);
  put("\nupper memory: ");
  putNumber(info->flags & 1 ? info->memUpper : 0);
  put(" KiB\n");
  if (info->flags & 8) putModules(info);
  out32(0xF4, wantedStatus(line));
  for (;;) __asm__ volatile("hlt");
}

__asm__(
    ".section .bss\n"
    ".align 16\n"
    ".skip 16384\n"
    "stackTop:\n"
    ".section .text\n"
    ".global _start\n"
    "_start:\n"
    "  mov $stackTop, %esp\n"
    "  push %ebx\n"
    "  push %eax\n"
    "  call kernelMain\n");
