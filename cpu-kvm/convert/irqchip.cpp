#include "cpu-kvm/convert/irqchip.h"

namespace duet::kvm {
namespace {

constexpr u64 kIoApicBase = 0xfec00000;
constexpr u64 kLevelTriggered = 1u << 15;

// The kernel counts ICWs that were written, images name the next one.
constexpr u8 kIcwsWritten[] = {0, 0, 1, 2, 3};
constexpr u8 kNextIcw[] = {0, 2, 3, 4};

}  // namespace

kvm_pic_state toKvm(const PicChipImage& in, u8 elcrMask) {
  kvm_pic_state out{};
  out.last_irr = in.levels;
  out.irr = in.irr;
  out.imr = in.imr;
  out.isr = in.isr;
  out.priority_add = (in.lowest + 1) & 7;
  out.irq_base = in.vectorBase;
  out.read_reg_select = in.readIsr;
  out.poll = in.poll;
  out.special_mask = in.specialMask;
  out.init_state = kIcwsWritten[in.nextIcw];
  out.auto_eoi = in.autoEoi;
  out.rotate_on_auto_eoi = in.rotateOnAutoEoi;
  out.special_fully_nested_mode = in.specialNested;
  out.init4 = in.expectIcw4;
  out.elcr = in.elcr;
  out.elcr_mask = elcrMask;
  return out;
}

PicChipImage fromKvm(const kvm_pic_state& in) {
  PicChipImage out;
  out.levels = in.last_irr;
  out.irr = in.irr;
  out.imr = in.imr;
  out.isr = in.isr;
  out.lowest = (in.priority_add + 7) & 7;
  out.vectorBase = in.irq_base;
  out.readIsr = in.read_reg_select;
  out.poll = in.poll;
  out.specialMask = in.special_mask;
  out.nextIcw = kNextIcw[in.init_state & 3];
  out.autoEoi = in.auto_eoi;
  out.rotateOnAutoEoi = in.rotate_on_auto_eoi;
  out.specialNested = in.special_fully_nested_mode;
  out.expectIcw4 = in.init4;
  out.elcr = in.elcr;
  return out;
}

kvm_ioapic_state toKvm(const IoApicImage& in) {
  kvm_ioapic_state out{};
  out.base_address = kIoApicBase;
  out.ioregsel = in.select;
  out.id = in.id;
  for (unsigned pin = 0; pin < kIoApicPins; ++pin) {
    out.redirtbl[pin].bits = in.entries[pin];
    if (in.entries[pin] & kLevelTriggered) out.irr |= in.levels & 1u << pin;
  }
  return out;
}

IoApicImage fromKvm(const kvm_ioapic_state& in) {
  IoApicImage out;
  out.select = static_cast<u8>(in.ioregsel);
  out.id = static_cast<u8>(in.id);
  out.levels = in.irr;
  for (unsigned pin = 0; pin < kIoApicPins; ++pin) out.entries[pin] = in.redirtbl[pin].bits;
  return out;
}

}  // namespace duet::kvm
