// What crosses the seam between a vCPU and the machine around it, as values: what one vCPU did is played to another.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/types.h"
#include "core/cpu/cpu_backend.h"
#include "tools/diff/lockstep/memory_map.h"

namespace duet::diff::lockstep {

// What a vCPU asks of the machine, where asking has an effect or the answer changes with time.
enum class CallKind : u8 {
  MemoryRead,
  MemoryWrite,
  PortRead,
  PortWrite,
  ApicRead,  // xAPIC registers; address: the offset in the page
  ApicWrite,
  Acknowledge,  // value of the answer: the vector or -1
  SetTaskPriority,
  MsrRead,  // of the interrupt controller; address: the MSR
  MsrWrite,
  SendIpi,  // address: destination
  Unhalt,
  InitReset,
  SetFerr,
};

struct Call {
  CallKind kind = CallKind::MemoryRead;
  u8 size = 0;  // bytes; ports and memory only
  u64 address = 0;
  u64 value = 0;  // of writes
  bool operator==(const Call&) const = default;
};

std::string callText(const Call& call);

struct Answer {
  u64 value = 0;
  MsrAccess access = MsrAccess::Done;  // of MSR calls
};

// What a vCPU may look at as often as it likes: changes only with a call or between two runs.
struct Standing {
  bool deliverable = false;  // LocalInterruptController
  u8 taskPriority = 0;
  std::optional<Gpa> apicPage;
  u64 apicBase = 0;  // IA32_APIC_BASE
  bool ignne = false;
};

struct CallEntry {
  Call call;
  Answer answer;
  Standing after;
};

// A device moved data into RAM.
struct RamWritten {
  unsigned block = 0;
  u64 offset = 0;
  std::vector<u8> bytes;
};

struct MapChanged {
  std::shared_ptr<const MemoryMap> map;
};

using Entry = std::variant<CallEntry, RamWritten, MapChanged>;

// One run() of the leading vCPU. Entries that follow a call were its effects; those at the front came before the run.
struct Segment {
  u64 steps = 0;
  std::optional<StepEvents> single;  // it was a step()
  Nanoseconds time = 0;              // guest time, which stands still during the run
  std::vector<u32> mail;             // posted before the run, in this order
  u8 sipi = 0;                       // with kMailSipi
  Standing standing;                 // at the start
  std::vector<Entry> entries;
};

}  // namespace duet::diff::lockstep
