// The 8259 pair and the I/O APIC in the kernel's form (<asm/kvm.h>; 8259A and 82093AA datasheets), each direction.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <random>

#include "cpu-kvm/convert/irqchip.h"

namespace duet::kvm {
namespace {

// All of them are bytes.
std::array<u8, sizeof(kvm_pic_state)> membersOf(const kvm_pic_state& s) {
  return std::bit_cast<std::array<u8, sizeof s>>(s);
}

TEST(IrqchipConvert, AnInitialised8259) {
  const PicChipImage in{.irr = 0x21,
                        .isr = 0x02,
                        .imr = 0xb8,
                        .levels = 0x23,
                        .elcr = 0x20,
                        .vectorBase = 0x30,
                        .lowest = 7,
                        .autoEoi = true,
                        .readIsr = true};
  kvm_pic_state expected{};  // priority_add 0: IR0 is the highest
  expected.last_irr = 0x23;
  expected.irr = 0x21;
  expected.imr = 0xb8;
  expected.isr = 0x02;
  expected.irq_base = 0x30;
  expected.read_reg_select = expected.auto_eoi = 1;
  expected.elcr = 0x20;
  expected.elcr_mask = 0xf8;
  EXPECT_EQ(membersOf(toKvm(in, 0xf8)), membersOf(expected));
}

// The kernel's init_state counts the ICWs it has seen, 0 again when all are there.
TEST(IrqchipConvert, An8259BetweenItsIcws) {
  for (const auto& [next, seen] : {std::pair{2, 1}, {3, 2}, {4, 3}}) {
    PicChipImage image;
    image.nextIcw = static_cast<u8>(next);
    EXPECT_EQ(toKvm(image, 0).init_state, seen);
    kvm_pic_state state{};
    state.init_state = static_cast<u8>(seen);
    EXPECT_EQ(fromKvm(state).nextIcw, next);
  }
}

TEST(IrqchipConvert, An8259BackAgain) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    const auto byte = [&] { return static_cast<u8>(random()); };
    const auto flag = [&] { return (random() & 1) != 0; };
    constexpr u8 kSteps[] = {0, 2, 3, 4};
    const PicChipImage image{byte(),
                             byte(),
                             byte(),
                             byte(),
                             byte(),
                             byte(),
                             static_cast<u8>(random() & 7),
                             kSteps[random() & 3],
                             flag(),
                             flag(),
                             flag(),
                             flag(),
                             flag(),
                             flag(),
                             flag()};
    EXPECT_EQ(fromKvm(toKvm(image, 0xde)), image);
  }
}

TEST(IrqchipConvert, AnIoApic) {
  IoApicImage in;
  in.select = 0x12;
  in.id = 3;
  in.entries[4] = 0x0100'0000'0000'0934;  // edge
  in.entries[9] = 0x0200'0000'0000'c031;  // level, remote IRR
  in.levels = 1u << 4 | 1u << 9;
  const kvm_ioapic_state out = toKvm(in);
  EXPECT_EQ(out.base_address, 0xfec00000u);
  EXPECT_EQ(out.ioregsel, 0x12u);
  EXPECT_EQ(out.id, 3u);
  EXPECT_EQ(out.irr, 1u << 9) << "the kernel would send the edge anew";
  EXPECT_EQ(out.redirtbl[4].fields.vector, 0x34);
  EXPECT_EQ(out.redirtbl[4].fields.delivery_mode, 1);
  EXPECT_EQ(out.redirtbl[4].fields.dest_mode, 1);
  EXPECT_EQ(out.redirtbl[4].fields.dest_id, 1);
  EXPECT_EQ(out.redirtbl[9].fields.trig_mode, 1);
  EXPECT_EQ(out.redirtbl[9].fields.remote_irr, 1);
  EXPECT_EQ(out.redirtbl[9].fields.mask, 0);
  IoApicImage back = fromKvm(out);
  EXPECT_EQ(back.levels, 1u << 9);
  back.levels = in.levels;
  EXPECT_EQ(back, in);
}

}  // namespace
}  // namespace duet::kvm
