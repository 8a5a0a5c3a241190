#include "hw/input/ps2_keyboard.h"

namespace duet::hw {
namespace {
enum Command : u8 {
  kSetLeds = 0xed,
  kEcho = 0xee,
  kScancodeSet = 0xf0,
  kIdentify = 0xf2,
  kTypematic = 0xf3,
  kEnable = 0xf4,
  kDisable = 0xf5,
  kDefaults = 0xf6,
  kFirstKeyTypes = 0xf7,
  kLastKeyTypes = 0xfd,
  kResend = 0xfe,
  kReset = 0xff
};
enum Reply : u8 { kAck = 0xfa, kPassed = 0xaa, kAgain = 0xfe };
}  // namespace

void Ps2Keyboard::setDefaults() {
  scancodeSet = 2;
  typematic = 0x2b;
  leds = 0;
}

void Ps2Keyboard::parameter(u8 command, u8 byte) {
  awaiting = 0;
  if (command == kScancodeSet && byte > 3) return out.push(kAgain);
  out.push(kAck);
  if (command == kSetLeds) leds = byte & 7;
  if (command == kTypematic) typematic = byte & 0x7f;
  if (command != kScancodeSet) return;
  if (byte == 0)
    out.push(scancodeSet);
  else
    scancodeSet = byte;
}

void Ps2Keyboard::write(u8 byte) {
  if (awaiting && byte < kSetLeds) return parameter(awaiting, byte);
  awaiting = 0;
  switch (byte) {
    case kSetLeds:
    case kScancodeSet:
    case kTypematic:
      awaiting = byte;
      return out.push(kAck);
    case kEcho:
      return out.push(kEcho);
    case kIdentify:
      return out.push({kAck, 0xab, 0x83});
    case kEnable:
      out.clear();
      scanning = true;
      return out.push(kAck);
    case kDisable:
      setDefaults();
      scanning = false;
      return out.push(kAck);
    case kDefaults:
      setDefaults();
      return out.push(kAck);
    case kReset:
      out.clear();
      setDefaults();
      scanning = true;
      return out.push({kAck, kPassed});
    case kResend:
      return;  // nothing is ever garbled here
    default:
      return out.push(byte >= kFirstKeyTypes && byte <= kLastKeyTypes ? kAck : kAgain);
  }
}

}  // namespace duet::hw
