// Programs that make code: what a compiler in the guest does to a translator.
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/bench/guest/kernels.h"

typedef uint32_t (*Function)(uint32_t);
enum { kSize = 1 << 16 };

static uint8_t* codeMemory(void) {
  static uint8_t* memory;
  if (!memory) {
    memory = mmap(NULL, kSize, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) giveUp("executable memory");
  }
  return memory;
}

// lea eax,[rdi+number]; ret
static Function makeAdd(uint8_t* at, uint32_t number) {
  const uint8_t code[] = {0x8d, 0x87, 0, 0, 0, 0, 0xc3};
  memcpy(at, code, sizeof code);
  memcpy(at + 2, &number, sizeof number);
  return (Function)(void*)at;
}

// Made once, run often.
static uint32_t hotCode(void) {
  uint8_t* at = codeMemory();
  // xor eax,eax; again: add eax,edi; rol eax,3; dec edi; jnz again; ret
  const uint8_t loop[] = {0x31, 0xc0, 0x01, 0xf8, 0xc1, 0xc0, 0x03, 0xff, 0xcf, 0x75, 0xf7, 0xc3};
  if (memcmp(at, loop, sizeof loop) != 0) memcpy(at, loop, sizeof loop);
  return ((Function)(void*)at)(2000000);
}

static uint8_t* put(uint8_t* at, const void* bytes, size_t size) {
  memcpy(at, bytes, size);
  return at + size;
}

// A function of some forty instructions, each time with other numbers.
static Function makeNew(uint8_t* at) {
  const Function made = (Function)(void*)at;
  at = put(at, "\x8d\x47\x05", 3);  // lea eax,[rdi+5]
  for (int i = 0; i < 7; i++) {
    const uint32_t number = nextRandom();
    at = put(put(at, "\x35", 1), &number, 4);          // xor eax,number
    at = put(at, "\xc1\xc0\x07", 3);                   // rol eax,7
    at = put(at, i & 1 ? "\x01\xf8" : "\x29\xf8", 2);  // add or sub eax,edi
    at = put(at, "\xa8\x01\x74\x02", 4);               // test al,1; jz over
    at = put(at, "\xf7\xd0", 2);                       // not eax
  }
  put(at, "\xc3", 1);
  return made;
}

// Made in new memory, run once, and thrown away.
static uint32_t freshCode(void) {
  enum { kFunctions = 250, kStep = 256, kBytes = kFunctions * kStep };
  uint8_t* memory =
      mmap(NULL, kBytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) giveUp("executable memory");
  setSeed(6);
  uint32_t value = 1;
  for (uint32_t i = 0; i < kFunctions; i++) value = makeNew(memory + i * kStep)(value);
  munmap(memory, kBytes);
  return value;
}

// One operand changed between two runs.
static uint32_t patch(void) {
  uint8_t* at = codeMemory() + 16384;
  const Function add = makeAdd(at, 0);
  uint32_t value = 1;
  for (uint32_t i = 0; i < 1000; i++) {
    memcpy(at + 2, &i, sizeof i);
    value = add(value);
  }
  return value;
}

// Data beside the code that runs.
static uint32_t dataBeside(void) {
  uint8_t* at = codeMemory() + 32768;
  const uint8_t code[] = {0x8d, 0x87, 3, 0, 0, 0, 0xc3};
  if (memcmp(at, code, sizeof code) != 0) memcpy(at, code, sizeof code);
  volatile uint32_t* data = (volatile uint32_t*)(void*)(at + 2048);
  *data = 0;
  for (int i = 0; i < 20000; i++) *data = ((Function)(void*)at)(*data);
  return *data;
}

const struct Kernel kCode[] = {{"hotcode", hotCode},
                               {"freshcode", freshCode},
                               {"patch", patch},
                               {"databeside", dataBeside},
                               {NULL, NULL}};
