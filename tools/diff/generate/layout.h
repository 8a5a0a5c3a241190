// Where a generated case's memory lies, and places in it that an operand, the stack or a branch may be sent to.
#pragma once

#include <memory>

#include "tools/diff/case/case.h"
#include "tools/diff/generate/random.h"

namespace duet::diff {

// Four data pages in a row, with nothing before and after; the first two are those of the worlds' TLS segments.
inline constexpr u64 kData0 = 0x30001000, kData1 = 0x30002000, kReadOnly = 0x30003000, kData2 = 0x30004000;
inline constexpr u64 kDataEnd = 0x30005000;
// Two pages of code with a page behind them that may not be executed; then nothing.
inline constexpr u64 kCode0 = 0x30010000, kCode1 = 0x30011000, kNoExecute = 0x30012000;
inline constexpr u64 kNoExecuteEnd = 0x30013000;
// Code that may be written, with nothing before and after.
inline constexpr u64 kWritableCode = 0x30014000, kWritableCodeEnd = 0x30015000;

// Inside a code page: instructions begin below the first mark, operands lie between the marks, branches go above the
// second (or beside the instruction).
inline constexpr unsigned kOperandsFrom = 0x800, kTargetsFrom = 0xd00;

// All pages: code is INT3 throughout, so that whatever ends a case early or late ends it with #BP; data is made of edge
// values, from the seed.
std::shared_ptr<const Memory> userMemory(u64 seed);

// Whether there is a page, and whether user code may write to it.
bool isPresent(u64 address);
bool isWritable(u64 address);

enum class PlaceKind : u8 {
  Aligned,          // inside the writable data, at a multiple of 64
  Unaligned,        // inside the writable data, anywhere
  CrossFine,        // over the boundary of two writable pages
  CrossToReadOnly,  // the second page may only be read
  CrossFromReadOnly,
  CrossToAbsent,  // the second page is not there
  CrossFromAbsent,
  ReadOnly,
  Absent,
  Code,          // a page that may be executed and read
  WritableCode,  // a page that may be executed and written
  KernelHalf,    // supervisor's addresses in 64-bit mode, nothing in 32-bit mode
  NonCanonical,  // 64-bit mode
  SegmentEnd,    // over or past the last byte of a segment
  OwnCode,       // the instruction behind
  Anywhere,      // the registers decided
};

struct Place {
  PlaceKind kind = PlaceKind::Anywhere;
  u64 address = 0;  // linear
};

// How much trouble is wanted.
enum class Mood : u8 { Calm, Any };

// A place for `size` bytes. `reach32`: only addresses below 4 GiB can be formed.
Place choosePlace(World world, Mood mood, bool reach32, unsigned size, Random& random);

}  // namespace duet::diff
