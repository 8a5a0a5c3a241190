#include "hw/input/ps2_mouse.h"

namespace duet::hw {
namespace {
enum Command : u8 {
  kScaling1 = 0xe6,
  kScaling2 = 0xe7,
  kResolution = 0xe8,
  kStatus = 0xe9,
  kStream = 0xea,
  kReadData = 0xeb,
  kEndWrap = 0xec,
  kWrap = 0xee,
  kRemote = 0xf0,
  kIdentify = 0xf2,
  kSampleRate = 0xf3,
  kEnable = 0xf4,
  kDisable = 0xf5,
  kDefaults = 0xf6,
  kReset = 0xff
};
enum Reply : u8 { kAck = 0xfa, kPassed = 0xaa, kAgain = 0xfe };
constexpr u8 kPlainId = 0, kWheelId = 3;
}  // namespace

void Ps2Mouse::setDefaults() {
  resolution = 2;
  sampleRate = 100;
  scaling = remote = reporting = wrap = false;
}

void Ps2Mouse::parameter(u8 command, u8 byte) {
  awaiting = 0;
  out.push(kAck);
  if (command == kResolution) resolution = byte & 3;
  if (command != kSampleRate) return;
  sampleRate = byte;
  lastRates = {lastRates[1], lastRates[2], byte};
  if (lastRates == std::array<u8, 3>{200, 100, 80}) wheel = true;
}

void Ps2Mouse::write(u8 byte) {
  if (wrap && byte != kReset && byte != kEndWrap) return out.push(byte);
  if (awaiting) return parameter(awaiting, byte);
  command(byte);
}

void Ps2Mouse::command(u8 byte) {
  if (byte != kReset && byte < kScaling1) return out.push(kAgain);
  out.push(kAck);
  switch (byte) {
    case kScaling1:
      scaling = false;
      return;
    case kScaling2:
      scaling = true;
      return;
    case kResolution:
    case kSampleRate:
      awaiting = byte;
      return;
    case kStatus: {
      const u8 flags = static_cast<u8>(remote << 6 | reporting << 5 | scaling << 4);
      return out.push({flags, resolution, sampleRate});
    }
    case kStream:
      remote = false;
      return;
    case kReadData:
      return out.push({0x08, 0, 0});  // no buttons, no movement
    case kEndWrap:
      wrap = false;
      return;
    case kWrap:
      wrap = true;
      return;
    case kRemote:
      remote = true;
      return;
    case kIdentify:
      return out.push(wheel ? kWheelId : kPlainId);
    case kEnable:
      reporting = true;
      return;
    case kDisable:
      reporting = false;
      return;
    case kDefaults:
      return setDefaults();
    case kReset:
      setDefaults();
      wheel = false;
      out.clear();
      return out.push({kAck, kPassed, kPlainId});
    default:
      return;
  }
}

}  // namespace duet::hw
