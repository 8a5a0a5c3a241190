// A local APIC in the kernel's form (KVM API 4.57 KVM_GET_LAPIC, 7.7 KVM_CAP_X2APIC_API), each direction.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "cpu-kvm/convert/local_apic.h"

namespace duet::kvm {
namespace {

constexpr u64 kXapic = 0xfee00800, kX2apic = 0xfee00c00;

u32 registerAt(const KvmLocalApic& apic, size_t offset) {
  u32 value;
  std::memcpy(&value, apic.page.regs + offset, sizeof value);
  return value;
}

LocalApicImage randomImage(u64 base) {
  std::mt19937_64 random(base);
  LocalApicImage image;
  image.base = base;
  for (u32& r : image.registers) r = static_cast<u32>(random());
  image.registers[0x32] = 1u << 17 | 0x51;  // a periodic timer
  image.tscDeadline = random();
  return image;
}

TEST(LocalApicConvert, ARegisterEverySixteenBytes) {
  const LocalApicImage image = randomImage(kXapic);
  const KvmLocalApic apic = toKvm(image, 0, true);
  EXPECT_EQ(apic.base, kXapic);
  for (const size_t offset :
       {0x20u, 0x80u, 0xf0u, 0x170u, 0x270u, 0x300u, 0x310u, 0x370u, 0x380u, 0x390u, 0x3e0u})
    EXPECT_EQ(registerAt(apic, offset), image.registers[offset / 16]) << offset;
}

TEST(LocalApicConvert, BackAgain) {
  for (const u64 base : {kXapic, kX2apic}) {
    const LocalApicImage image = randomImage(base);
    EXPECT_EQ(fromKvm(toKvm(image, 12345, true), 12345, true), image);
  }
}

TEST(LocalApicConvert, OldKernelsShowAnX2ApicIdInItsXapicPlace) {
  LocalApicImage image = randomImage(kX2apic);
  image.registers[2] = 0x25;
  EXPECT_EQ(registerAt(toKvm(image, 0, true), 0x20), 0x25u);
  EXPECT_EQ(registerAt(toKvm(image, 0, false), 0x20), 0x25000000u);
  EXPECT_EQ(fromKvm(toKvm(image, 0, false), 0, false).registers[2], 0x25u);
  image.base = kXapic;
  image.registers[2] = 0x25000000;
  EXPECT_EQ(registerAt(toKvm(image, 0, false), 0x20), 0x25000000u);
}

TEST(LocalApicConvert, ATurnOfThePeriodicTimer) {
  LocalApicImage image;
  EXPECT_FALSE(isPeriodic(image));
  image.registers[0x32] = 1u << 17 | 0x51;
  EXPECT_FALSE(isPeriodic(image)) << "it does not count";
  image.registers[0x38] = 1000;
  EXPECT_TRUE(isPeriodic(image));
  // SDM vol. 3 figure 11-10: the divisor by bits 3, 1 and 0.
  for (const auto& [code, divisor] :
       {std::pair{0u, 2}, {1, 4}, {2, 8}, {3, 16}, {8, 32}, {9, 64}, {10, 128}, {11, 1}}) {
    image.registers[0x3e] = code;
    EXPECT_EQ(timerPeriod(image).count(), 1000 * divisor) << code;
  }
  image.registers[0x32] |= 1u << 16;
  EXPECT_FALSE(isPeriodic(image)) << "masked";
  requestTimer(image);
  EXPECT_EQ(image.registers[0x22], 1u << 0x11);
}

TEST(LocalApicConvert, ASpentOneShotInterruptsOnceMore) {
  LocalApicImage image;
  image.registers[0x32] = 0x51;
  image.registers[0x38] = 1000;
  LocalApicImage spent = image;
  requestSpentTimer(spent);
  image.registers[0x20 + 0x51 / 32] = 1u << 0x51 % 32;
  EXPECT_EQ(spent, image);
  // Not when it counts still, is masked, has never been started, or is of another mode.
  for (const auto& [reg, value] :
       {std::pair{0x39u, 1u}, {0x32u, 0x10051u}, {0x38u, 0u}, {0x32u, 0x20051u}, {0x32u, 0x40051u}}) {
    LocalApicImage other;
    other.registers[0x32] = 0x51;
    other.registers[0x38] = 1000;
    other.registers[reg] = value;
    const LocalApicImage before = other;
    requestSpentTimer(other);
    EXPECT_EQ(other, before) << reg;
  }
}

TEST(LocalApicConvert, TheDeadlineIsInTheGuestsTsc) {
  LocalApicImage image = randomImage(kXapic);
  image.tscDeadline = 1000;
  EXPECT_EQ(toKvm(image, 500, true).tscDeadline, 1500u);
  KvmLocalApic apic;
  apic.tscDeadline = 1500;
  EXPECT_EQ(fromKvm(apic, 500, true).tscDeadline, 1000u);
  image.tscDeadline = 0;
  EXPECT_EQ(toKvm(image, 500, true).tscDeadline, 0u);
  apic.tscDeadline = 0;
  EXPECT_EQ(fromKvm(apic, 500, true).tscDeadline, 0u);
}

// The kernel's KVM_SET_LAPIC starts a one-shot with a count of zero left as if it were due now.
TEST(LocalApicConvert, AOneShotThatIsOverStaysSo) {
  LocalApicImage image = randomImage(kXapic);
  image.registers[0x32] = 0x51;
  image.registers[0x38] = 1000;
  image.registers[0x39] = 0;
  EXPECT_EQ(registerAt(toKvm(image, 0, true), 0x380), 0u);
  image.registers[0x39] = 7;
  EXPECT_EQ(registerAt(toKvm(image, 0, true), 0x380), 1000u);
  image.registers[0x39] = 0;
  image.registers[0x32] = 0x51 | 1u << 16;
  EXPECT_EQ(registerAt(toKvm(image, 0, true), 0x380), 1000u);
}

}  // namespace
}  // namespace duet::kvm
