// What a test program runs on: RAM, a CPU, and a way to run it to the program's end.
#pragma once

#include <memory>
#include <string>

#include "tests/contract/engine/engine_rig.h"
#include "tests/guest/runner/case_file.h"

namespace duet::test {

// How a program ended; the names are those of `expect-exit:`, the rest are what went wrong.
struct GuestEnd {
  std::string name;
  bool halted() const { return name == "halt"; }
};

class GuestMachine {
 public:
  static constexpr u64 kRamSize = EngineRig::kRamSize;

  virtual ~GuestMachine() = default;
  virtual GuestMemory& memory() = 0;
  virtual const CpuModel& model() = 0;
  // The first CPU: its start, its run until the program ends, what it left.
  virtual Result<> load(const CpuState& state) = 0;
  virtual GuestEnd run(u64 budget) = 0;
  virtual CpuState state() = 0;

  template <class T>
  void putWord(u64 address, T value) {
    memory().store(Gpa(address), value);
  }
  template <class T>
  T word(u64 address) {
    T v{};
    memory().load(Gpa(address), v);
    return v;
  }
};

// The machine that the case's `machine:` and `cpus:` lines ask for.
Result<std::unique_ptr<GuestMachine>> makeGuestMachine(const GuestCase& guestCase,
                                                       const EngineFactory& factory);

// ExitReason as `expect-exit:` and messages name it.
std::string nameOf(ExitReason reason);

}  // namespace duet::test
