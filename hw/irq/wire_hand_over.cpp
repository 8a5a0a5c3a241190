// The chips with wires going over to an engine's own and coming back. While they are away the wires lead on to there.
#include "hw/irq/io_apic.h"
#include "hw/irq/pic8259.h"

namespace duet::hw {
namespace {

constexpr u8 kIcw4AutoEoi = 0x02, kIcw4SpecialNested = 0x10;

}  // namespace

PicChipImage PicChip::image() const {
  return {.irr = irr,
          .isr = isr,
          .imr = imr,
          .levels = levels,
          .elcr = elcr,
          .vectorBase = vectorBase,
          .lowest = lowest,
          .nextIcw = initStep,
          .expectIcw4 = expectIcw4,
          .autoEoi = (icw4 & kIcw4AutoEoi) != 0,
          .rotateOnAutoEoi = rotateOnAutoEoi,
          .specialNested = (icw4 & kIcw4SpecialNested) != 0,
          .specialMask = specialMask,
          .readIsr = readIsr,
          .poll = poll};
}

// What an image does not say (ICW1's modes, ICW4's others) stays.
void PicChip::setImage(const PicChipImage& image) {
  irr = image.irr;
  isr = image.isr;
  imr = image.imr;
  levels = image.levels;
  elcr = image.elcr;
  vectorBase = image.vectorBase;
  lowest = image.lowest;
  initStep = image.nextIcw;
  expectIcw4 = image.expectIcw4;
  icw4 = static_cast<u8>((icw4 & ~(kIcw4AutoEoi | kIcw4SpecialNested)) | (image.autoEoi ? kIcw4AutoEoi : 0) |
                         (image.specialNested ? kIcw4SpecialNested : 0));
  rotateOnAutoEoi = image.rotateOnAutoEoi;
  specialMask = image.specialMask;
  readIsr = image.readIsr;
  poll = image.poll;
}

void Pic8259::handOver(EngineWires* to) {
  const std::lock_guard lock(mutex_);
  if (to) {
    to->setPic({master().image(), slave().image()});
    wires_ = static_cast<u16>(master().levels | slave().levels << 8);
  } else if (away_) {
    const PicImage image = away_->pic();
    master().setImage(image[0]);
    slave().setImage(image[1]);
  }
  away_ = to;
  if (!to) update();
}

void IoApic::handOver(EngineWires* to) {
  const std::lock_guard lock(mutex_);
  if (to) {
    to->setIoApic(
        {.select = state_.select, .id = state_.id, .levels = state_.levels, .entries = state_.entries});
  } else if (away_) {
    const IoApicImage image = away_->ioApic();
    state_.select = image.select;
    state_.id = image.id & 0xf;
    for (unsigned pin = 0; pin < kPins; ++pin) setEntry(pin, image.entries[pin]);
  }
  away_ = to;
}

}  // namespace duet::hw
