// The seam between the baseline tier and whoever makes its hot places faster.
#pragma once

#include <functional>
#include <memory>

#include "cpu-tcg/baseline/block_emitter.h"

namespace duet::tcg::baseline {

class CodeStore;
class Translator;

// A block's code at one linear address, for one mode.
struct Translation {
  Translation(CodeBlock& of, u64 at, u32 which, const u8* bytes, const Entries& ways, Translation* others)
      : block(of),
        rip(at),
        variant(which),
        forward(ways.forward),
        code(bytes),
        far(ways.far),
        back(ways.back),
        next(others) {}

  CodeBlock& block;
  const u64 rip;
  const u32 variant;  // modeKey(), kExact, kPlain, number of the code segment
  const u32 forward;  // Entries, from `code`
  const u8* const code;
  std::atomic<u32> far, back;  // likewise; `far` is set last
  Translation* const next;     // of the same block
  std::atomic<bool> ran = false;
  // Of an instruction over two pages: the name that its code takes for the second page's, and where it stands (Entries::second).
  std::atomic<u32> second = PageNames::kNever;
  std::array<const u8*, 2> seconds{};  // under CodeMemory's lock

  // --- HotCode's, under CodeStore's lock
  u32 samples = 0;
  u32 due = 0;  // samples it is looked at again with
  bool settled = false;
  bool looked = false;   // for it in a cache
  bool removed = false;  // a region ran too little: what a cache has is that one
};

// One a machine, under CodeStore's lock.
class HotCode {
 public:
  virtual ~HotCode() = default;
  // Compiled code runs this many instructions before it stops for a sample, at most.
  virtual u64 slice() const = 0;
  // Whether it must hear of all that it is told: vCPUs wait for the lock then, and leave it out otherwise.
  virtual bool mustHear() const = 0;
  // The block, of the memory that code is made in, is about to run on the vCPU: `sampled`, because that is where a slice ended, or
  // for the first time since it was compiled.
  virtual void seen(Translator& seat, Translation& translation, bool sampled) = 0;
  // New memory is made from now on: nothing more is put to translations of before, which may still run.
  virtual void dropped() = 0;
};
using HotCodeFactory = std::function<Result<std::unique_ptr<HotCode>>(CodeStore&)>;

}  // namespace duet::tcg::baseline
