#include "hw/input/i8042.h"

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {
namespace {

enum CommandByte : u8 {
  kKeyboardIrq = 1,
  kMouseIrq = 2,
  kSystemFlag = 4,
  kKeyboardOff = 16,
  kMouseOff = 32,
  kTranslate = 64
};
enum Status : u8 { kOutputFull = 1, kSystem = 4, kWasCommand = 8, kUnlocked = 16, kAuxData = 32 };
enum OutputPort : u8 { kNoInit = 1, kA20 = 2, kOutKeyboardFull = 16, kOutMouseFull = 32 };
enum Command : u8 {
  kReadRam = 0x20,
  kWriteRam = 0x60,
  kDisableMouse = 0xa7,
  kEnableMouse = 0xa8,
  kTestMouse = 0xa9,
  kSelfTest = 0xaa,
  kTestKeyboard = 0xab,
  kDisableKeyboard = 0xad,
  kEnableKeyboard = 0xae,
  kReadInputPort = 0xc0,
  kReadOutputPort = 0xd0,
  kWriteOutputPort = 0xd1,
  kEchoKeyboard = 0xd2,
  kEchoMouse = 0xd3,
  kToMouse = 0xd4,
  kDisableA20 = 0xdd,
  kEnableA20 = 0xdf,
  kPulse = 0xf0
};
constexpr u8 kSelfTestPassed = 0x55, kInputPortUnlocked = 0x80;
constexpr u8 kResetCommandByte = kKeyboardIrq | kMouseIrq | kSystemFlag | kTranslate;

}  // namespace

I8042::I8042(IrqLine keyboardIrq, IrqLine mouseIrq, I8042Hooks hooks)
    : keyboardIrq_(keyboardIrq), mouseIrq_(mouseIrq), hooks_(std::move(hooks)) {}

void I8042::reset() {
  Effects effects{.init = false, .a20Changed = true, .a20 = true};
  {
    std::lock_guard lock(mutex_);
    state_ = {};
    state_.commandByte = kResetCommandByte;
    state_.outputPort = kNoInit | kA20;
    updateIrqs();
  }
  carryOut(effects);
}

std::vector<u8> I8042::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> I8042::loadState(std::span<const u8> bytes, u32 version) {
  if (version != stateVersion()) return fail("i8042: state version {} is not known", version);
  auto loaded = decodeState<I8042State>(bytes);
  if (!loaded) return fail("i8042: {}", loaded.error().message);
  for (const Ps2Queue* q :
       {&loaded->controller, &loaded->echoedAux, &loaded->keyboard.out, &loaded->mouse.out})
    if (!q->valid()) return fail("i8042: impossible queue position");
  Effects effects{.init = false, .a20Changed = true, .a20 = (loaded->outputPort & kA20) != 0};
  {
    std::lock_guard lock(mutex_);
    state_ = *loaded;
    updateIrqs();
  }
  carryOut(effects);
  return {};
}

void I8042::carryOut(const Effects& effects) {
  if (effects.a20Changed) hooks_.a20(effects.a20);
  if (effects.init) hooks_.init();
}

u64 I8042::read(unsigned range, u64, unsigned) {
  std::lock_guard lock(mutex_);
  if (range == kCommandPort) return status();
  if (range == kPort92) return (state_.outputPort & kA20) | (state_.initNow ? 1 : 0);
  return readData();
}

void I8042::write(unsigned range, u64, unsigned, u64 value) {
  Effects effects;
  {
    std::lock_guard lock(mutex_);
    const u8 byte = static_cast<u8>(value);
    if (range == kCommandPort) {
      command(byte, effects);
    } else if (range == kDataPort) {
      data(byte, effects);
    } else {
      // ICH9 13.7.3: bit 0 gives INIT# when it rises, bit 1 is the A20 gate.
      writeOutputPort(static_cast<u8>((state_.outputPort & ~kA20) | (byte & kA20)), effects);
      effects.init = (byte & 1) && !state_.initNow;
      state_.initNow = byte & 1;
    }
    fill();
    updateIrqs();
  }
  carryOut(effects);
}

u8 I8042::status() const {
  u8 value = kUnlocked;
  if (state_.outputFull) value |= kOutputFull;
  if (state_.outputFull && state_.outputFromAux) value |= kAuxData;
  if (state_.commandByte & kSystemFlag) value |= kSystem;
  if (state_.lastWriteWasCommand) value |= kWasCommand;
  return value;
}

u8 I8042::readData() {
  const u8 byte = state_.outputByte;
  if (!state_.outputFull) return byte;  // the latch keeps its last value
  state_.outputFull = false;
  updateIrqs();  // the line drops between two bytes: each is an edge
  fill();
  updateIrqs();
  return byte;
}

// Moves the next waiting byte into the output buffer: the controller's answers first.
void I8042::fill() {
  if (state_.outputFull) return;
  auto offer = [&](Ps2Queue& from, bool aux) {
    if (state_.outputFull || from.empty()) return;
    state_.outputByte = from.pop();
    state_.outputFull = true;
    state_.outputFromAux = aux;
  };
  offer(state_.controller, false);
  offer(state_.echoedAux, true);
  if (!(state_.commandByte & kKeyboardOff)) offer(state_.keyboard.out, false);
  if (!(state_.commandByte & kMouseOff)) offer(state_.mouse.out, true);
}

void I8042::updateIrqs() {
  const bool keyboard = state_.outputFull && !state_.outputFromAux;
  const bool mouse = state_.outputFull && state_.outputFromAux;
  state_.outputPort &= static_cast<u8>(~(kOutKeyboardFull | kOutMouseFull));
  state_.outputPort |= static_cast<u8>((keyboard ? kOutKeyboardFull : 0) | (mouse ? kOutMouseFull : 0));
  keyboardIrq_.set(keyboard && (state_.commandByte & kKeyboardIrq));
  mouseIrq_.set(mouse && (state_.commandByte & kMouseIrq));
}

void I8042::writeOutputPort(u8 value, Effects& effects) {
  const bool a20 = value & kA20;
  if (a20 != ((state_.outputPort & kA20) != 0)) {
    effects.a20Changed = true;
    effects.a20 = a20;
  }
  state_.outputPort = value | kNoInit;
  if (!(value & kNoInit)) effects.init = true;
}

void I8042::command(u8 value, Effects& effects) {
  state_.lastWriteWasCommand = true;
  state_.pendingCommand = 0;
  if (value >= kReadRam && value < kReadRam + 0x20)
    return state_.controller.push(value == kReadRam ? state_.commandByte : state_.ram[value & 0x1f]);
  if (value >= kPulse) {  // pulses the lines whose bits are 0
    effects.init = !(value & kNoInit);
    return;
  }
  if (value >= kWriteRam && value < kWriteRam + 0x20) {
    state_.pendingCommand = value;
    return;
  }
  switch (value) {
    case kDisableMouse:
      state_.commandByte |= kMouseOff;
      return;
    case kEnableMouse:
      state_.commandByte &= static_cast<u8>(~kMouseOff);
      return;
    case kTestMouse:
    case kTestKeyboard:
      return state_.controller.push(0);
    case kSelfTest:
      state_.commandByte |= kSystemFlag;
      return state_.controller.push(kSelfTestPassed);
    case kDisableKeyboard:
      state_.commandByte |= kKeyboardOff;
      return;
    case kEnableKeyboard:
      state_.commandByte &= static_cast<u8>(~kKeyboardOff);
      return;
    case kReadInputPort:
      return state_.controller.push(kInputPortUnlocked);
    case kReadOutputPort:
      return state_.controller.push(state_.outputPort);
    case kWriteOutputPort:
    case kEchoKeyboard:
    case kEchoMouse:
    case kToMouse:
      state_.pendingCommand = value;
      return;
    case kDisableA20:
      return writeOutputPort(static_cast<u8>(state_.outputPort & ~kA20), effects);
    case kEnableA20:
      return writeOutputPort(state_.outputPort | kA20, effects);
    default:
      return;
  }
}

void I8042::data(u8 value, Effects& effects) {
  state_.lastWriteWasCommand = false;
  const u8 pending = std::exchange(state_.pendingCommand, u8{0});
  switch (pending) {
    case 0:
      state_.commandByte &= static_cast<u8>(~kKeyboardOff);  // talking to it enables it
      return state_.keyboard.write(value);
    case kWriteRam:
      state_.commandByte = value;
      return;
    case kWriteOutputPort:
      return writeOutputPort(value, effects);
    case kEchoKeyboard:
      return state_.controller.push(value);
    case kEchoMouse:
      return state_.echoedAux.push(value);
    case kToMouse:
      state_.commandByte &= static_cast<u8>(~kMouseOff);
      return state_.mouse.write(value);
    default:
      state_.ram[pending & 0x1f] = value;
  }
}

}  // namespace duet::hw
