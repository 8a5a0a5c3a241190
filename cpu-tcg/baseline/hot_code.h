// The seam between the baseline tier and whoever makes its hot places faster.
#pragma once

#include <functional>
#include <memory>

#include "cpu-tcg/baseline/block_emitter.h"

namespace duet::tcg::baseline {

class Translator;

// A block's code at one linear address, for one mode.
struct Translation {
  u64 rip;
  u32 variant;  // modeKey(), kExact, kPlain, number of the code segment
  const u8* code;
  Entries entries;    // from `code`
  Translation* next;  // of the same block
  bool ran = false;
  u32 samples = 0;  // HotCode's
  u32 due = 0;      // samples it is looked at again with
  bool settled = false;
  bool looked = false;  // for it in a cache
  // Of an instruction over two pages: the name that its code takes for the second page's, and where it stands (Entries::second).
  u32 second = PageNames::kNever;
  std::array<const u8*, 2> seconds{};
};

// One a vCPU, its thread only.
class HotCode {
 public:
  virtual ~HotCode() = default;
  // Compiled code runs this many instructions before it stops for a sample, at most.
  virtual u64 slice() const = 0;
  // The block is about to run: `sampled`, because that is where a slice ended, or for the first time since it was
  // compiled.
  virtual void seen(Block& block, Translation& translation, bool sampled) = 0;
  // The code memory has been cleared: all translations are gone, and what was placed there.
  virtual void dropped() = 0;
};
using HotCodeFactory = std::function<Result<std::unique_ptr<HotCode>>(Translator&)>;

}  // namespace duet::tcg::baseline
