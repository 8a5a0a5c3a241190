// Registers, memory, breakpoints.
#include <algorithm>

#include "ui/monitor/gdb/registers.h"
#include "ui/monitor/gdb/replies.h"
#include "ui/monitor/gdb/session.h"

namespace duet::ui::gdb {
namespace {

constexpr size_t kMaxRegisterBytes = 16;
constexpr size_t kMaxPoints = 4096;
// What fits into one packet as hexadecimal digits, and with every byte escaped.
constexpr u64 kMaxRead = kMaxPacket / 2 - 16;

enum PointKind : u64 { kSoftware, kHardware, kWriteWatch, kReadWatch, kAccessWatch };

}  // namespace

Session::Reply Session::readRegister(std::string_view text) {
  const auto number = takeHex(text);
  if (!number || *number >= registers().size() || !text.empty()) return kBad;
  const Register& r = registers()[*number];
  u8 bytes[kMaxRegisterBytes];
  r.read(target_.readState(selected_), r.index, bytes);
  return toHex(std::span(bytes, r.bytes()));
}

Session::Reply Session::readRegisters() {
  const CpuState state = target_.readState(selected_);
  std::string hex;
  for (const Register& r : registers()) {
    u8 bytes[kMaxRegisterBytes];
    r.read(state, r.index, bytes);
    hex += toHex(std::span(bytes, r.bytes()));
  }
  return hex;
}

Session::Reply Session::writeRegister(std::string_view text) {
  const auto number = takeHex(text);
  if (!number || *number >= registers().size() || !take(text, "=")) return kBad;
  const Register& r = registers()[*number];
  const auto bytes = fromHex(text);
  if (!bytes || bytes->size() != r.bytes()) return kBad;
  CpuState state = target_.readState(selected_);
  r.write(state, r.index, reinterpret_cast<const u8*>(bytes->data()));
  return writeState(state);
}

// As many registers as came, from the first; whole ones alone.
Session::Reply Session::writeRegisters(std::string_view hex) {
  const auto bytes = fromHex(hex);
  if (!bytes) return kBad;
  CpuState state = target_.readState(selected_);
  size_t at = 0;
  for (const Register& r : registers()) {
    if (at + r.bytes() > bytes->size()) break;
    r.write(state, r.index, reinterpret_cast<const u8*>(bytes->data()) + at);
    at += r.bytes();
  }
  return at == bytes->size() ? writeState(state) : kBad;
}

Session::Reply Session::writeState(const CpuState& state) {
  return target_.writeState(selected_, state) ? kOk : kBad;
}

// mADDRESS,LENGTH and xADDRESS,LENGTH: what can be read from the start on.
Session::Reply Session::readMemory(std::string_view text, bool binary) {
  const auto address = takeHex(text);
  if (!address || !take(text, ",")) return kBad;
  const auto length = takeHex(text);
  if (!length || !text.empty()) return kBad;
  std::string data(std::min(*length, kMaxRead), '\0');
  const std::span out(reinterpret_cast<u8*>(data.data()), data.size());
  data.resize(physical_ ? target_.readPhysical(Gpa(*address), out)
                        : target_.readLinear(selected_, LinearAddr(*address), out));
  if (data.empty() && *length != 0) return kUnreadable;
  return binary ? "b" + escape(data) : toHex(data);
}

// MADDRESS,LENGTH:hex and XADDRESS,LENGTH:binary; gdb asks with nothing to write whether X is known.
Session::Reply Session::writeMemory(std::string_view text, bool binary) {
  const auto address = takeHex(text);
  if (!address || !take(text, ",")) return kBad;
  const auto length = takeHex(text);
  if (!length || !take(text, ":")) return kBad;
  const auto data = binary ? std::optional(std::string(text)) : fromHex(text);
  if (!data || data->size() != *length) return kBad;
  if (data->empty()) return kOk;
  const std::span in(reinterpret_cast<const u8*>(data->data()), data->size());
  const bool done = physical_ ? target_.writePhysical(Gpa(*address), in)
                              : target_.writeLinear(selected_, LinearAddr(*address), in);
  return done ? kOk : kUnreadable;
}

// KIND,ADDRESS,LENGTH: 0 and 1 are instructions (their "length" says nothing on x86), 2 to 4 data.
Session::Reply Session::breakpoint(std::string_view text, bool insert) {
  Point p{};
  for (u64* field : {&p.kind, &p.address, &p.length}) {
    const auto value = takeHex(text);
    if (!value || (field != &p.length && !take(text, ","))) return kBad;
    *field = *value;
  }
  if (p.kind > kAccessWatch) return kUnknown;
  if (p.kind <= kHardware) p.length = 1;
  if (p.length == 0 || p.address + (p.length - 1) < p.address) return kBad;
  if (insert && points_.size() >= kMaxPoints) return kFull;
  if (insert ? points_.insert(p).second : points_.erase(p) != 0) applyControls();
  return kOk;
}

void Session::applyControls() {
  DebugControls controls;
  for (const Point& p : points_) {
    if (p.kind <= kHardware) {
      controls.breakpoints.emplace_back(p.address);
      continue;
    }
    const WatchKind kind = p.kind == kWriteWatch  ? WatchKind::Write
                           : p.kind == kReadWatch ? WatchKind::Read
                                                  : WatchKind::Access;
    controls.watchpoints.push_back({LinearAddr(p.address), p.length, kind});
  }
  target_.setControls(controls);
}

}  // namespace duet::ui::gdb
