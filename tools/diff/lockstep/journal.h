// Where both sides were last known to be alike, and what has happened since.
#pragma once

#include <deque>
#include <memory>

#include "tools/diff/lockstep/crossing.h"
#include "tools/diff/lockstep/ram_pages.h"

namespace duet::diff::lockstep {

struct Checkpoint {
  u64 step = 0;  // since the start
  CpuState state;
  MemoryMap map;
  bool ferr = false;  // as the vCPU drives it
  mmu::Ram ram;       // a copy
};

struct Journal {
  Checkpoint checkpoint;
  std::deque<Segment> segments;  // since then; a deque, as the last one is referred to while it grows
  u64 steps = 0;                 // in them
  u64 entries = 0;               // in them
  u64 knownSame = 0;             // so many steps after the checkpoint they were alike
};

}  // namespace duet::diff::lockstep
