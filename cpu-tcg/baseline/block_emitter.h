// Emits the code of blocks that follow each other.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/baseline/thunks.h"

namespace duet::tcg::baseline {

// Which of a block's codes: modeKey(), and these.
inline constexpr u32 kExact = kModeKeys;       // BlockPlace::exact
inline constexpr u32 kPlain = 2 * kModeKeys;   // BlockPlace::plain
inline constexpr unsigned kSegmentShift = 16;  // above them: the number of the code segment
static_assert(2 * kPlain <= 1u << kSegmentShift);

// What the code is made for: a block at one linear address.
struct BlockPlace {
  Block* block;
  u32 key;      // modeKey()
  u64 rip;      // of its first instruction
  u64 ripMask;  // of the code mode
  bool exact;   // the budget is looked at before each block (kSlack)
  bool plain;   // each memory access looks at the TLB (access_windows.h)
  CodeSegment segment = {};
  u32 segmentNumber = 0;  // CodeMemory's
  CodeBlock* known = nullptr;
  bool again = false;  // beside the block's first code, which is where it goes on if it jumps to itself

  u32 variant() const {
    return key | (exact ? kExact : 0) | (plain ? kPlain : 0) | segmentNumber << kSegmentShift;
  }
};

// Blocks of one page that jump forward to each other look at neither budget nor mailbox: so many instructions may run more
// than were granted, one for each byte of the page at most, and a block before them. Who has no more to give runs code made
// to be exact.
inline constexpr u64 kSlack = kPageSize + Block::kMaxInsns;

// The ways into a block's code, as offsets: from anywhere; from a jump backwards within the page; from one forwards. All of them look
// whether an instruction over two pages is still what it was. kNone: not made with the block. Few of those that others fall into are
// ever entered by the first two; they get them when they are (UnitEmitter::emitWaysIn()).
struct Entries {
  static constexpr u32 kNone = ~u32{0};
  u32 far, back, forward;
  u32 second;  // where a displacement ends that is the negated name of such a block's second page, to be set; 0: of one page
};
// Where a jump of kRedirectSize bytes, set while others run the code, takes everybody who comes by this way in, before any of the
// block's instructions is taken from what remains.
inline constexpr u32 kRedirectSize = 5;
constexpr u32 redirectAt(u32 entry) { return (entry & 7) + kRedirectSize <= 8 ? entry : entry + 4; }

// Where host instructions lie, as offsets from the unit's hot code; around the cold ones there is data.
struct Stretch {
  u32 begin, end;
};
// For two places in memory: hot code, and data and cold code one behind the other.
struct UnitCode {
  std::span<const u8> hotBytes, data, coldBytes;
  std::vector<Entries> entries;
  std::vector<Stretch> hot, cold;  // of each block
};

using LoweringName = std::string_view (*)(std::string_view sem);

// What stays the same from block to block.
struct EmitterSetup {
  bool hostsVendor =
      false;  // the guest's processor is of the host's make: what manuals leave undefined is alike
  bool hostsScans = false;  // and so are flags behind BSF and BSR (native/host_flags.h)
  bool alone = false;       // VcpuEnv's
  Places places;
  Thunks thunks;
  u64 thunksAt;  // where the thunks execute: the start of code memory
  LoweringName rename = nullptr;
  bool separate = false;  // no block goes to another by itself (-d exec)
  const mmu::Ram* ram;
  const mmu::Tlb::Bank* bank;  // the TLB bank in use
};

// Makes units one after the other, with the same tools.
class UnitEmitter {
 public:
  static constexpr size_t kMostBlocks = 8;

  // `setup` outlives it, and may change.
  explicit UnitEmitter(const EmitterSetup& setup);
  ~UnitEmitter();

  // Code to be put at these two addresses: of blocks of one page, each of which may fall into the next. Good until the next call.
  const UnitCode& emit(std::span<const BlockPlace> places, u64 hot, u64 cold);
  // Likewise: what comes before a block whose forward entry is there.
  const UnitCode& emitWaysIn(const BlockPlace& place, u64 forward, u64 hot, u64 cold);

 private:
  class Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace duet::tcg::baseline
