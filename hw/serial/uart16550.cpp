#include "hw/serial/uart16550.h"

#include <algorithm>

#include "core/state/state_codec.h"

namespace duet::hw {
namespace {

enum Ier : u8 { kIerReceived = 1, kIerThrEmpty = 2, kIerLineStatus = 4, kIerModem = 8 };
enum Iir : u8 {
  kIirNone = 1,
  kIirModem = 0,
  kIirThrEmpty = 2,
  kIirReceived = 4,
  kIirLineStatus = 6,
  kIirTimeout = 12
};
enum Lcr : u8 { kLcrBreak = 0x40, kLcrDlab = 0x80 };
enum Mcr : u8 { kMcrDtr = 1, kMcrRts = 2, kMcrOut1 = 4, kMcrOut2 = 8, kMcrLoop = 16 };
enum Lsr : u8 { kLsrDataReady = 1, kLsrOverrun = 2, kLsrErrors = 0x1e, kLsrThrEmpty = 0x20, kLsrIdle = 0x40 };
enum Msr : u8 { kMsrCts = 0x10, kMsrDsr = 0x20, kMsrRi = 0x40, kMsrDcd = 0x80 };
enum Fcr : u8 { kFcrEnable = 1, kFcrClearReceive = 2, kFcrClearTransmit = 4 };

constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr i64 kClockHz = 1'843'200;
constexpr int kNothing = -1;

}  // namespace

Uart16550::Uart16550(std::string name, CharBackend& backend, IrqLine irq, TimerQueue& timers)
    : name_(std::move(name)),
      backend_(backend),
      irq_(irq),
      clock_(timers.clock()),
      timeout_(timers, [this] { onTimeout(); }),
      arrival_(timers, [this] { onArrival(); }) {
  backend_.setReceiver([this](std::span<const u8> data) { return receive(data); });
}

Uart16550::~Uart16550() { backend_.setReceiver({}); }

void Uart16550::reset() {
  {
    std::lock_guard lock(mutex_);
    state_ = {};
    timeout_.cancel();
    updateIrq();
    arrive();
  }
  backend_.resumeInput();
}

std::vector<u8> Uart16550::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> Uart16550::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("{}: state version {} is not known", name_, version);
  auto loaded = decodeState<Uart16550State>(data);
  if (!loaded) return fail("{}: {}", name_, loaded.error().message);
  if (loaded->fifoHead >= 16 || loaded->fifoCount > 16) return fail("{}: impossible FIFO position", name_);
  std::lock_guard lock(mutex_);
  state_ = *loaded;
  if (!state_.characterTimeout) armTimeout();
  updateIrq();
  arrive();
  return {};
}

u64 Uart16550::read(unsigned, u64 offset, unsigned size) {
  bool roomMade = false;
  u64 value = 0;
  {
    std::lock_guard lock(mutex_);
    for (unsigned i = 0; i < size; ++i)
      value |= u64{readRegister(static_cast<u8>((offset + i) & 7), roomMade)} << (8 * i);
    updateIrq();
    if (roomMade) roomMade = takeFromLine();
  }
  if (roomMade) backend_.resumeInput();
  return value;
}

void Uart16550::write(unsigned, u64 offset, unsigned size, u64 value) {
  for (unsigned i = 0; i < size; ++i) {
    int transmit = kNothing;
    bool resume = false;
    {
      std::lock_guard lock(mutex_);
      writeRegister(static_cast<u8>((offset + i) & 7), static_cast<u8>(value >> (8 * i)), transmit, resume);
      updateIrq();
      if (resume) resume = takeFromLine();
    }
    if (resume) backend_.resumeInput();
    if (transmit == kNothing) continue;
    const u8 byte = static_cast<u8>(transmit);
    backend_.write(std::span(&byte, 1));
  }
}

u8 Uart16550::readRegister(u8 reg, bool& roomMade) {
  switch (reg) {
    case kData:
      return state_.lcr & kLcrDlab ? static_cast<u8>(state_.divisor) : readData(roomMade);
    case kIer:
      return state_.lcr & kLcrDlab ? static_cast<u8>(state_.divisor >> 8) : state_.ier;
    case kIirFcr: {
      const u8 id = interruptId();
      if (id == kIirThrEmpty) state_.thrEmptyInterrupt = false;  // reading IIR acknowledges THRE only
      return static_cast<u8>(id | (fifoEnabled() ? 0xc0 : 0));
    }
    case kLcr:
      return state_.lcr;
    case kMcr:
      return state_.mcr;
    case kLsr: {
      const u8 value = lineStatus();
      state_.lsrErrors = 0;
      return value;
    }
    case kMsr: {
      const u8 value = modemStatus();
      state_.msrDeltas = 0;
      return value;
    }
    default:
      return state_.scr;
  }
}

u8 Uart16550::readData(bool& roomMade) {
  if (state_.fifoCount == 0) return 0;
  const u8 byte = state_.fifo[state_.fifoHead];
  state_.fifoHead = (state_.fifoHead + 1) & 15;
  --state_.fifoCount;
  roomMade = true;
  armTimeout();
  return byte;
}

void Uart16550::writeRegister(u8 reg, u8 value, int& transmit, bool& resume) {
  switch (reg) {
    case kData:
      if (state_.lcr & kLcrDlab) {
        state_.divisor = static_cast<u16>((state_.divisor & 0xff00) | value);
      } else {
        state_.thrEmptyInterrupt = true;  // sent at once: empty again
        if (state_.mcr & kMcrLoop)
          push(value);
        else
          transmit = value;
      }
      return;
    case kIer:
      if (state_.lcr & kLcrDlab) {
        state_.divisor = static_cast<u16>((state_.divisor & 0xff) | value << 8);
      } else {
        // Enabling the THRE interrupt while the holding register is empty raises it (PC16550D 8.6).
        if (!(state_.ier & kIerThrEmpty) && (value & kIerThrEmpty)) state_.thrEmptyInterrupt = true;
        state_.ier = value & 0x0f;
      }
      return;
    case kIirFcr:
      resume = true;  // the FIFO may have been emptied or enlarged
      return writeFcr(value);
    case kLcr:
      state_.lcr = value;
      return;
    case kMcr:
      resume = state_.mcr & kMcrLoop;  // input was refused in loopback
      return writeMcr(value);
    case kScr:
      state_.scr = value;
      return;
    default:
      return;  // LSR and MSR are written by factory tests only
  }
}

void Uart16550::writeFcr(u8 value) {
  const bool toggled = (state_.fcr ^ value) & kFcrEnable;
  if (toggled || ((value & kFcrEnable) && (value & kFcrClearReceive))) {
    state_.fifoHead = state_.fifoCount = 0;
    armTimeout();
  }
  if ((value & kFcrEnable) && (value & kFcrClearTransmit)) state_.thrEmptyInterrupt = true;
  state_.fcr = value & kFcrEnable ? value & 0xc9 : 0;  // the other bits can be set only with bit 0
}

void Uart16550::writeMcr(u8 value) {
  const u8 before = modemStatus();
  state_.mcr = value & 0x1f;
  const u8 changed = static_cast<u8>((before ^ modemStatus()) & 0xf0);
  // DCTS, DDSR, DDCD follow any change; TERI only the trailing edge of RI.
  u8 deltas = static_cast<u8>(changed >> 4) & 0x0b;
  if ((changed & kMsrRi) && (before & kMsrRi)) deltas |= 0x04;
  state_.msrDeltas |= deltas;
}

u8 Uart16550::lineStatus() const {
  return static_cast<u8>(state_.lsrErrors | kLsrThrEmpty | kLsrIdle | (state_.fifoCount ? kLsrDataReady : 0));
}

// In loopback the four outputs are the four inputs (RTS→CTS, DTR→DSR, OUT1→RI, OUT2→DCD).
u8 Uart16550::modemStatus() const {
  u8 lines = kMsrCts | kMsrDsr | kMsrDcd;  // the host is always ready
  if (state_.mcr & kMcrLoop) {
    lines = 0;
    if (state_.mcr & kMcrRts) lines |= kMsrCts;
    if (state_.mcr & kMcrDtr) lines |= kMsrDsr;
    if (state_.mcr & kMcrOut1) lines |= kMsrRi;
    if (state_.mcr & kMcrOut2) lines |= kMsrDcd;
  }
  return static_cast<u8>(lines | state_.msrDeltas);
}

unsigned Uart16550::triggerLevel() const {
  constexpr unsigned kLevels[] = {1, 4, 8, 14};
  return fifoEnabled() ? kLevels[state_.fcr >> 6] : 1;
}

// Priority as in table 3 of the datasheet.
u8 Uart16550::interruptId() const {
  if ((state_.ier & kIerLineStatus) && (state_.lsrErrors & kLsrErrors)) return kIirLineStatus;
  if (state_.ier & kIerReceived) {
    if (state_.fifoCount >= triggerLevel()) return kIirReceived;
    if (fifoEnabled() && state_.characterTimeout && state_.fifoCount) return kIirTimeout;
  }
  if ((state_.ier & kIerThrEmpty) && state_.thrEmptyInterrupt) return kIirThrEmpty;
  if ((state_.ier & kIerModem) && (state_.msrDeltas & 0x0f)) return kIirModem;
  return kIirNone;
}

// OUT2 gates the interrupt on PC boards; loopback disconnects it.
void Uart16550::updateIrq() {
  const bool gate = (state_.mcr & kMcrOut2) && !(state_.mcr & kMcrLoop);
  irq_.set(gate && interruptId() != kIirNone);
}

void Uart16550::push(u8 byte) {
  if (state_.fifoCount >= fifoCapacity()) {
    state_.lsrErrors |= kLsrOverrun;
    if (!fifoEnabled()) state_.fifo[state_.fifoHead] = byte;
    return;
  }
  state_.fifo[(state_.fifoHead + state_.fifoCount) & 15] = byte;
  ++state_.fifoCount;
  armTimeout();
}

// Four character times without a read or a new character (PC16550D 8.8): ten bits each at the set rate.
void Uart16550::armTimeout() {
  state_.characterTimeout = false;
  if (state_.fifoCount == 0) return timeout_.cancel();
  const i64 baud = kClockHz / (16 * std::max<i64>(1, state_.divisor));
  timeout_.arm(clock_.now() + 4 * 10 * kSecond / std::max<i64>(1, baud));
}

void Uart16550::onTimeout() {
  std::lock_guard lock(mutex_);
  if (state_.fifoCount) state_.characterTimeout = true;
  updateIrq();
}

size_t Uart16550::receive(std::span<const u8> data) {
  std::lock_guard lock(mutex_);
  const size_t taken = std::min(data.size(), line_.size() - lineCount_);
  std::copy_n(data.begin(), taken, line_.begin() + static_cast<std::ptrdiff_t>(lineCount_));
  lineCount_ += taken;
  arrive();
  return taken;
}

// By the timer thread, which stands still in pauses: a state is then of one moment, here and in the interrupt controllers. Time
// that counts instructions may be long in coming to its next timer.
void Uart16550::arrive() {
  if (clock_.kind() == VirtualClock::Kind::Counted)
    (void)takeFromLine();
  else
    arrival_.arm(clock_.now());
}

void Uart16550::onArrival() {
  {
    std::lock_guard lock(mutex_);
    if (!takeFromLine()) return;  // the guest's next read goes on
  }
  backend_.resumeInput();
}

bool Uart16550::takeFromLine() {
  if (state_.mcr & kMcrLoop) return false;  // it is cut
  const size_t room = fifoCapacity() - std::min<unsigned>(fifoCapacity(), state_.fifoCount);
  const size_t taken = std::min(room, lineCount_);
  for (size_t i = 0; i < taken; ++i) push(line_[i]);
  lineCount_ -= taken;
  std::copy_n(line_.begin() + static_cast<std::ptrdiff_t>(taken), lineCount_, line_.begin());
  updateIrq();
  return lineCount_ == 0;
}

}  // namespace duet::hw
