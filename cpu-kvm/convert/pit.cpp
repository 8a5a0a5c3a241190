#include "cpu-kvm/convert/pit.h"

#include <algorithm>

namespace duet::kvm {
namespace {

constexpr u8 kLow = 1, kHigh = 2, kLowThenHigh = 3,
             kHighOfBoth = 4;  // the kernel's states of reading and writing
constexpr u32 kLargest = 0x10000;
constexpr u32 kWithoutEnd = 0xffff0000;  // an hour: more than the chip can count, but not the kernel

bool endsOnce(u8 mode) { return mode == 0 || mode == 4; }

// What is spent has its OUT high at once, but counter 0 would interrupt again then: it goes on where it is, without end.
u32 countToGive(const PitChannelImage& in, unsigned counter) {
  if (!in.counting) return kWithoutEnd;
  if (!endsOnce(in.mode)) return in.count;
  const u64 gone = pitTicks(in.elapsed);
  if (gone < in.count) return in.count - static_cast<u32>(gone);
  return counter == 0 ? kWithoutEnd | ((in.count - static_cast<u32>(gone)) & 0xffff) : 1;
}

u8 nextByte(u8 access, bool high) { return access == kLowThenHigh && high ? kHighOfBoth : access; }

// A byte that a loading of both bytes would replace by its low one: so it shows later that there was none.
u8 markOf(u32 count) { return static_cast<u8>(~count); }

kvm_pit_channel_state toKvm(const PitChannelImage& in, unsigned counter, i64 now) {
  kvm_pit_channel_state out{};
  out.count = countToGive(in, counter);
  out.latched_count = in.latch;
  if (in.latchedBytes)
    out.count_latched = in.access != kLowThenHigh ? in.access : in.latchedBytes == 2 ? kLowThenHigh : kHigh;
  out.status_latched = in.statusLatched;
  out.status = in.status;
  out.read_state = nextByte(in.access, in.readHigh && !in.latchedBytes);
  out.write_state = nextByte(in.access, in.writeHigh);
  out.write_latch = in.writeHigh ? in.writeLow : markOf(out.count);
  out.rw_mode = in.access;
  out.mode = in.mode;
  out.bcd = in.bcd;
  out.gate = in.gate;
  out.count_load_time = now;
  return out;
}

PitChannelImage fromKvm(const kvm_pit_channel_state& in, i64 now) {
  PitChannelImage out;
  out.mode = std::min<u8>(in.mode, 5);
  out.access = std::clamp(in.rw_mode, kLow, kLowThenHigh);
  out.bcd = in.bcd;
  out.gate = in.gate;
  out.counting = in.count <= kLargest;
  out.count = std::clamp(in.count, 1u, kLargest);
  out.elapsed = std::max<i64>(now - in.count_load_time, 0);
  out.latch = in.latched_count;
  out.latchedBytes = in.count_latched == kLowThenHigh ? 2 : in.count_latched != 0;
  out.status = in.status;
  out.statusLatched = in.status_latched;
  const bool bothBytes = out.access == kLowThenHigh;
  out.readHigh = out.latchedBytes ? bothBytes && out.latchedBytes == 1 : in.read_state == kHighOfBoth;
  out.writeHigh = in.write_state == kHighOfBoth;
  out.writeLow = out.writeHigh ? in.write_latch : 0;
  return out;
}

}  // namespace

kvm_pit_state2 toKvm(const PitImage& in, i64 now) {
  kvm_pit_state2 out{};
  for (unsigned i = 0; i < 3; ++i) out.channels[i] = toKvm(in.channels[i], i, now);
  if (in.port61 & 2) out.flags |= KVM_PIT_FLAGS_SPEAKER_DATA_ON;
  if (!in.connected) out.flags |= KVM_PIT_FLAGS_HPET_LEGACY;
  return out;
}

PitImage fromKvm(const kvm_pit_state2& in, i64 now) {
  PitImage out;
  for (unsigned i = 0; i < 3; ++i) out.channels[i] = fromKvm(in.channels[i], now);
  out.port61 =
      static_cast<u8>((in.flags & KVM_PIT_FLAGS_SPEAKER_DATA_ON ? 2 : 0) | (in.channels[2].gate & 1));
  out.connected = !(in.flags & KVM_PIT_FLAGS_HPET_LEGACY);
  return out;
}

bool loadedSince(unsigned counter, const kvm_pit_channel_state& given, const kvm_pit_channel_state& now) {
  if (now.mode != given.mode || now.count != given.count || now.rw_mode != given.rw_mode ||
      now.bcd != given.bcd || now.gate != given.gate)
    return true;
  if (counter) return now.count_load_time != given.count_load_time;
  return given.rw_mode != kLowThenHigh || now.write_latch != given.write_latch ||
         now.write_state != given.write_state;
}

}  // namespace duet::kvm
