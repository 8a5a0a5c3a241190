#include "cpu-kvm/irqchip/kernel_apic.h"

#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "core/cpu/vcpu_mailbox.h"
#include "cpu-kvm/convert/local_apic.h"

namespace duet::kvm {
namespace {

constexpr unsigned kId = 0x02, kLvtLint0 = 0x35, kCurrentCount = 0x39;
constexpr u32 kMasked = 1u << 16;
constexpr u64 kEnable = 1u << 11, kExtd = 1u << 10;
enum DeliveryMode : u32 { kFixed = 0, kSmi = 2, kNmi = 4, kInit = 5 };

Result<> setMsr(VcpuFd& fd, u32 index, u64 value) {
  const kvm_msr_entry entry{index, 0, value};
  const auto count = fd.setMsrs({&entry, 1});
  if (!count) return tl::unexpected(count.error());
  return *count == 1 ? Result<>{} : fail("kvm: MSR {:#x} cannot be {:#x}", index, value);
}

Result<> getMsr(VcpuFd& fd, u32 index, u64& value) {
  kvm_msr_entry entry{index, 0, 0};
  const auto count = fd.getMsrs({&entry, 1});
  if (!count) return tl::unexpected(count.error());
  value = entry.data;
  return *count == 1 ? Result<>{} : fail("kvm: MSR {:#x} cannot be read", index);
}

}  // namespace

// The base first, since the registers' form depends on the mode; the deadline last, since it needs the timer's mode.
Result<> KernelApic::give(u64 tscOffset) {
  const KvmLocalApic apic = toKvm(model_.image(), tscOffset, config_.wideIds);
  if (auto ok = setMsr(fd_, kMsrApicBase, apic.base); !ok) return ok;
  if (auto ok = fd_.set(apic.page); !ok) return ok;
  left_ = readTimer();
  return setMsr(fd_, kMsrTscDeadline, apic.tscDeadline);
}

Result<> KernelApic::take(u64 tscOffset) {
  KvmLocalApic apic;
  if (auto ok = getMsr(fd_, kMsrApicBase, apic.base); !ok) return ok;
  if (auto ok = getMsr(fd_, kMsrTscDeadline, apic.tscDeadline); !ok) return ok;
  if (auto ok = fd_.get(apic.page); !ok) return ok;
  LocalApicImage image = fromKvm(apic, tscOffset, config_.wideIds);
  requestSpentTimer(image);
  if (ticked(image)) requestTimer(image);
  left_.reset();
  model_.setImage(image);
  return {};
}

std::optional<KernelApic::TimerCount> KernelApic::readTimer() {
  KvmLocalApic apic;
  const auto at = std::chrono::steady_clock::now();
  if (!fd_.get(apic.page)) return {};
  const LocalApicImage now = fromKvm(apic, 0, true);
  if (!isPeriodic(now)) return {};
  return TimerCount{at, now.registers[kCurrentCount], false};
}

// What has ticked before has become an interrupt request, or is one now.
void KernelApic::leave(bool settle) {
  left_ = readTimer();
  if (!left_ || !settle) return;
  fd_.settle();
  const std::optional<TimerCount> now = readTimer();
  if (now) left_ = TimerCount{now->at, now->count, now->count > left_->count};
}

// Whether it has begun anew since leave(); the count says so unless it has had time for a whole turn.
bool KernelApic::ticked(const LocalApicImage& now) const {
  if (!left_ || !isPeriodic(now)) return false;
  return left_->ticked || now.registers[kCurrentCount] > left_->count ||
         std::chrono::steady_clock::now() - left_->at >= timerPeriod(now);
}

u32 KernelApic::serveRisenPins(EngineChips& chips) {
  const u32 pins = model_.takeRisenPins();
  if (!pins) return 0;
  KvmLocalApic apic;
  if (!fd_.get(apic.page) || !getMsr(fd_, kMsrApicBase, apic.base)) return 0;
  const LocalApicImage now = fromKvm(apic, 0, config_.wideIds);
  u32 mail = 0;
  for (const unsigned pin : {0u, 1u})
    if (pins >> pin & 1) mail |= servePin(pin, now, chips);
  return mail;
}

// ExtINT is a level, which whoever injects looks at. Without an APIC the pins are INTR and NMI (SDM vol. 3 11.4.3).
u32 KernelApic::servePin(unsigned pin, const LocalApicImage& now, EngineChips& chips) {
  if (!(now.base & kEnable)) return pin == 1 && config_.bootProcessor ? u32{kMailNmi} : 0;
  const u32 lvt = now.registers[kLvtLint0 + pin];
  if (lvt & kMasked) return 0;
  switch (static_cast<u32>(bits(lvt, 10, 8))) {
    case kNmi:
      return kMailNmi;
    case kSmi:
      return kMailSmi;
    case kInit:
      return kMailInit;
    case kFixed: {
      const u64 id = now.base & kExtd ? now.registers[kId] : now.registers[kId] >> 24;
      chips.deliver({0xfee00000 | (id & 0xff) << 12 | (id >> 8) << 40, lvt & 0xff});
      return 0;
    }
    default:
      return 0;
  }
}

}  // namespace duet::kvm
