#include "hw/pci/ich9_lpc.h"

#include "core/base/bits.h"

namespace duet::hw {
namespace {
constexpr PciIds kIds{.vendor = Ich9Lpc::kVendor,
                      .device = Ich9Lpc::kDevice,
                      .revision = 2,
                      .classCode = 0x060100,
                      .subsystemVendor = 0x1af4,
                      .subsystem = 0x1100,
                      .headerType = 0x80};
constexpr u8 kPirqDisabled = 0x80;
constexpr u8 kSmiLock = 0x10;
}  // namespace

Ich9Lpc::Ich9Lpc(LpcHooks hooks, IrqSink& router, unsigned picPins, unsigned ioApicPins)
    : PciDevice("ich9-lpc", kIds),
      hooks_(std::move(hooks)),
      router_(router),
      picPins_(picPins),
      ioApicPins_(ioApicPins) {
  setDword(kPmBase, 1, 0xff80);
  setByte(kAcpiControl, 0, 0x87);
  for (u32 i = 0; i < 4; ++i) {
    setByte(kPirqA + i, kPirqDisabled, 0x8f);
    setByte(kPirqE + i, kPirqDisabled, 0x8f);
  }
  setDword(kRcba, 0, 0xffffc001);
  setWord(kGenPmcon1, 0, 0xffff);  // but for SMI_LOCK stored without effect
  setWord(0xa2, 0, 0x00ff);
}

void Ich9Lpc::configChanged(u32 offset, unsigned size) {
  const u32 end = offset + size;
  if (offset < kAcpiControl + 1 && end > kPmBase)
    hooks_.powerManagement(testBit(config(kAcpiControl, 1), 7),
                           static_cast<u16>(config(kPmBase, 2) & 0xff80));
  if (offset <= kGenPmcon1 && end > kGenPmcon1) hooks_.smiLock(config(kGenPmcon1, 1) & kSmiLock);
  if (offset < kPirqE + 4 && end > kPirqA) {
    std::lock_guard lock(routeMutex_);
    routeToIsa();
  }
}

// Once set, SMI_LOCK stays until reset.
u8 Ich9Lpc::lockedBits(const Config& config, u32 offset) const {
  return offset == kGenPmcon1 ? config[kGenPmcon1] & kSmiLock : 0;
}

void Ich9Lpc::setIrqLevel(unsigned pin, bool level) {
  std::lock_guard lock(routeMutex_);
  level_[pin & 7] = level;
  router_.setIrqLevel(ioApicPins_ + (pin & 7), level);
  routeToIsa();
}

// Several PIRQs may share an ISA interrupt: the line is the OR of them.
void Ich9Lpc::routeToIsa() {
  std::array<bool, 16> wanted{};
  for (u32 i = 0; i < 8; ++i) {
    const u32 route = config(i < 4 ? kPirqA + i : kPirqE + i - 4, 1);
    if (!(route & kPirqDisabled) && level_[i]) wanted[route & 15] = true;
  }
  for (unsigned irq = 0; irq < 16; ++irq) {
    if (wanted[irq] == driven_[irq]) continue;
    driven_[irq] = wanted[irq];
    router_.setIrqLevel(picPins_ + irq, wanted[irq]);
  }
}

}  // namespace duet::hw
