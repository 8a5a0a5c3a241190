// What two engines are given alike, and what each makes of it. Values: copy, compare, store.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/cpu/cpu_state.h"

namespace duet::diff {

// What surrounds the code.
enum class World : u8 {
  User64,  // user mode, 64-bit code, as a process of 64-bit Linux has it (user_world.h)
  User32,  // the same in compatibility mode
  System,  // any mode and privilege: the start state is taken as it stands, addresses are physical, there is no device
};

enum class PageAccess : u8 { Read, ReadWrite, ReadExecute, ReadWriteExecute };

using PageBytes = std::array<u8, 4096>;

struct Page {
  u64 address = 0;  // a multiple of 4096; linear in the user worlds, physical in the system world
  PageAccess access = PageAccess::ReadWrite;
  PageBytes bytes{};
  bool operator==(const Page&) const = default;
};

// Memory that many cases start from, in order of address, no page twice. What no page covers is not present (System: reads
// as FFh, ignores writes). In the user worlds below 4 GiB, so that both can have it.
struct Memory {
  std::vector<Page> pages;
  bool operator==(const Memory&) const = default;
};

// Bytes at an address; they may run over into the next page.
struct Piece {
  u64 address = 0;
  std::vector<u8> bytes;
  bool operator==(const Piece&) const = default;
};

// One start: pages, then the pieces over them in their order, then the processor. Pieces lie within `memory`, whatever the
// access of its pages is. Code is a piece like any other; `start.rip` is where it begins.
struct Case {
  World world = World::User64;
  std::shared_ptr<const Memory> memory;  // shared, so that engines may keep it mapped from case to case
  std::vector<Piece> pieces;
  CpuState start;
  u64 steps = 1000;  // the run ends after so many instructions and deliveries, if nothing has ended it before
};

enum class Ending : u8 {
  Exception,    // User worlds: one was raised; the state is what its handler would find interrupted
  Halt,         // System: HLT with nothing to wake it
  Shutdown,     // System: triple fault
  Steps,        // Case::steps are spent: the state is not comparable between engines that count otherwise
  Unsupported,  // the engine cannot run this case; `why` says the reason
};

struct RaisedException {
  u8 vector = 0;
  bool hasErrorCode = false;
  u32 errorCode = 0;
  bool operator==(const RaisedException&) const = default;
};

struct Outcome {
  Ending ending = Ending::Unsupported;
  RaisedException exception;  // with Ending::Exception
  std::string why;            // with Ending::Unsupported
  // With an exception: RIP and RFLAGS as pushed (so RF shows what the processor pushes), CS and SS those of the
  // interrupted code, CR2 that of a page fault and else the start's.
  CpuState after;
  // Where memory is another than at the start (pages and pieces): maximal runs of changed bytes within a page, in order.
  std::vector<Piece> writes;
};

}  // namespace duet::diff
