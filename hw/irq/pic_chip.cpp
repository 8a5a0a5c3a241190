// One 8259A: priorities, initialization and operation command words.
#include "core/base/bits.h"
#include "hw/irq/pic8259.h"

namespace duet::hw {

namespace {
constexpr u8 kIcw4AutoEoi = 0x02;
constexpr u8 kIcw4SpecialNested = 0x10;
constexpr unsigned kCascade = 2;
}  // namespace

int PicChip::highestInService() const {
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned input = (lowest + 1u + i) & 7;
    if (isr >> input & 1) return static_cast<int>(input);
  }
  return -1;
}

int PicChip::pending() const {
  if (initStep) return -1;
  const u8 requests = irr & static_cast<u8>(~imr);
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned input = (lowest + 1u + i) & 7;
    if (isr >> input & 1) {
      // Special mask mode: an input in service that is masked blocks nobody.
      if (specialMask && (imr >> input & 1)) continue;
      // Special fully nested mode: the slave may interrupt its own service.
      const bool nested = isMaster && input == kCascade && (icw4 & kIcw4SpecialNested);
      if (nested && (requests >> input & 1)) return static_cast<int>(input);
      return -1;
    }
    if (requests >> input & 1) return static_cast<int>(input);
  }
  return -1;
}

// Edges stay latched after the wire falls, so a pulse is not lost.
void PicChip::setInput(unsigned input, bool level) {
  const u8 mask = static_cast<u8>(1u << input);
  const bool was = levels & mask;
  levels = static_cast<u8>(level ? levels | mask : levels & ~mask);
  if (levelTriggered(input)) {
    irr = static_cast<u8>(level ? irr | mask : irr & ~mask);
  } else if (level && !was) {
    irr |= mask;
  }
}

void PicChip::follow(unsigned input, bool level) {
  const u8 mask = static_cast<u8>(1u << input);
  irr = static_cast<u8>(level ? irr | mask : irr & ~mask);
  levels = static_cast<u8>(level ? levels | mask : levels & ~mask);
}

void PicChip::accept(unsigned input) {
  const u8 mask = static_cast<u8>(1u << input);
  if (!levelTriggered(input)) irr &= static_cast<u8>(~mask);
  if (icw4 & kIcw4AutoEoi) {
    if (rotateOnAutoEoi) lowest = static_cast<u8>(input);
  } else {
    isr |= mask;
  }
}

u8 PicChip::readPort(unsigned port) {
  if (poll) {
    poll = false;
    const int input = pending();
    if (input < 0) return 0;
    accept(static_cast<unsigned>(input));
    return static_cast<u8>(0x80 | input);
  }
  if (port == 1) return imr;
  return readIsr ? isr : irr;
}

void PicChip::writePort(unsigned port, u8 value) {
  if (port == 0) {
    if (value & 0x10) {
      beginInit(value);
    } else if (value & 0x08) {
      operationCommand3(value);
    } else {
      operationCommand2(value);
    }
  } else if (initStep) {
    continueInit(value);
  } else {
    imr = value;
  }
}

// ICW1: the edge detectors, masks and modes start afresh.
void PicChip::beginInit(u8 icw1) {
  expectIcw4 = icw1 & 0x01;
  single = icw1 & 0x02;
  levelMode = icw1 & 0x08;
  irr = 0;
  for (unsigned input = 0; input < 8; ++input) {
    if (levelTriggered(input) && (levels >> input & 1)) irr |= static_cast<u8>(1u << input);
  }
  isr = 0;
  imr = 0;
  icw4 = 0;
  lowest = 7;
  specialMask = false;
  rotateOnAutoEoi = false;
  readIsr = false;
  poll = false;
  initStep = 2;
}

void PicChip::continueInit(u8 value) {
  if (initStep == 2) {
    vectorBase = value & 0xf8;
    initStep = !single ? 3 : expectIcw4 ? 4 : 0;
  } else if (initStep == 3) {
    initStep = expectIcw4 ? 4 : 0;  // the cascade wiring is fixed
  } else {
    icw4 = value & 0x1f;
    initStep = 0;
  }
}

void PicChip::endOfInterrupt(int input, bool rotate) {
  if (input < 0) return;
  isr &= static_cast<u8>(~(1u << input));
  if (rotate) lowest = static_cast<u8>(input);
}

void PicChip::operationCommand2(u8 value) {
  const int named = value & 7;
  switch (value >> 5) {
    case 0:
      rotateOnAutoEoi = false;
      break;
    case 1:
    case 5: {
      // In special mask mode a non-specific EOI passes over masked inputs.
      PicChip visible = *this;
      if (specialMask) visible.isr &= static_cast<u8>(~imr);
      endOfInterrupt(visible.highestInService(), (value >> 5) == 5);
      break;
    }
    case 3:
      endOfInterrupt(named, false);
      break;
    case 4:
      rotateOnAutoEoi = true;
      break;
    case 6:
      lowest = static_cast<u8>(named);
      break;
    case 7:
      endOfInterrupt(named, true);
      break;
    default:
      break;
  }
}

void PicChip::operationCommand3(u8 value) {
  if (value & 0x04) poll = true;
  if (value & 0x02) readIsr = value & 0x01;
  if (value & 0x40) specialMask = value & 0x20;
}

}  // namespace duet::hw
