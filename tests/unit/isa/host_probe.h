// Asks the processor this test runs on whether bytes are an instruction, and how long it is.
#pragma once

#include <span>

#include "core/base/types.h"

namespace duet::tcg::isa {

struct HostAnswer {
  bool undefined = false;  // #UD
  unsigned length = 0;
};

// The bytes are laid against an inaccessible page, one more at a time: as long as the processor
// faults on fetching beyond them, it wants more. The whole instruction is then executed, in 64-bit
// mode at CPL 3, with pointers to a scratch buffer in the general registers: call it in a child
// process, and not with system calls or what changes FS, GS or the flags DF and AC.
class HostProbe {
 public:
  HostProbe();
  HostAnswer ask(std::span<const u8> bytes);

 private:
  u8* page_ = nullptr;
};

}  // namespace duet::tcg::isa
