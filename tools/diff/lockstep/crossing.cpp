#include "tools/diff/lockstep/crossing.h"

#include <fmt/format.h>

namespace duet::diff::lockstep {

std::string callText(const Call& c) {
  switch (c.kind) {
    case CallKind::MemoryRead:
      return fmt::format("reads {} bytes of memory at {:#x}", c.size, c.address);
    case CallKind::MemoryWrite:
      return fmt::format("writes {:#x} ({} bytes) to memory at {:#x}", c.value, c.size, c.address);
    case CallKind::PortRead:
      return fmt::format("reads {} bytes of port {:#x}", c.size, c.address);
    case CallKind::PortWrite:
      return fmt::format("writes {:#x} ({} bytes) to port {:#x}", c.value, c.size, c.address);
    case CallKind::ApicRead:
      return fmt::format("reads APIC register {:#x}", c.address);
    case CallKind::ApicWrite:
      return fmt::format("writes {:#x} to APIC register {:#x}", c.value, c.address);
    case CallKind::Acknowledge:
      return "acknowledges an interrupt";
    case CallKind::SetTaskPriority:
      return fmt::format("sets CR8 to {:#x}", c.value);
    case CallKind::MsrRead:
      return fmt::format("reads MSR {:#x} of the APIC", c.address);
    case CallKind::MsrWrite:
      return fmt::format("writes {:#x} to MSR {:#x} of the APIC", c.value, c.address);
    case CallKind::SendIpi:
      return fmt::format("sends interrupt {:#x} to processor {:#x}", c.value, c.address);
    case CallKind::Unhalt:
      return fmt::format("wakes processor {:#x}", c.address);
    case CallKind::InitReset:
      return "resets its APIC by INIT";
    case CallKind::SetFerr:
      return c.value ? "asserts FERR#" : "releases FERR#";
  }
  return "?";
}

}  // namespace duet::diff::lockstep
