#include "firmware/loader/waking_vector.h"

#include <array>
#include <string>

#include "core/cpu/registers.h"
#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

// Fields of the FACS (ACPI 6.4 table 5.13).
enum Offset : u64 { kWakingVector = 12, kWideWakingVector = 24, kVersion = 32, kEnd = 36 };

constexpr u32 kFlatCode = kSegPresent | kSegS | kSegDb | kSegG | 0xb,
              kFlatData = kSegPresent | kSegS | kSegDb | kSegG | 3;

}  // namespace

std::optional<WakingVector> wakingVector(GuestMemory& memory, Gpa facs) {
  std::array<u8, kEnd> bytes{};
  if (!memory.load(facs, bytes)) return {};
  const std::vector<u8> table(bytes.begin(), bytes.end());
  if (std::string(table.begin(), table.begin() + 4) != "FACS") return {};
  const u64 wide = fieldAt<u64>(table, kWideWakingVector);
  if (fieldAt<u8>(table, kVersion) >= 1 && wide && !(wide >> 32)) return WakingVector{wide, true};
  const u32 narrow = fieldAt<u32>(table, kWakingVector);
  if (narrow && narrow < 1_MiB) return WakingVector{narrow, false};
  return {};
}

void applyWakingVector(CpuState& state, const WakingVector& vector) {
  SegmentRegister& cs = state.segment[kSegCs];
  if (vector.flat) {
    state.cr0 |= kCr0Pe;
    state.segment.fill({0, 0, 0xffffffff, kFlatData});
    cs = {8, 0, 0xffffffff, kFlatCode};
    state.rip = vector.address;
    return;
  }
  cs.selector = static_cast<u16>(vector.address >> 4);
  cs.base = vector.address & ~u64{0xf};
  cs.limit = 0xffff;
  state.rip = vector.address & 0xf;
}

}  // namespace duet::firmware
