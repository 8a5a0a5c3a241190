// Linux kernels: entry states and boot parameters against the boot protocol.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "firmware/guest/guest_bios.h"
#include "firmware/loader/bzimage.h"
#include "tests/unit/firmware/fake_memory.h"
#include "tests/unit/firmware/sample_config.h"
#include "tests/unit/firmware/sample_kernels.h"

namespace duet::firmware {
namespace {

using namespace test;
using testing::HasSubstr;

struct Loaded {
  Loaded(FileBytes kernel, const std::string& append = {}, std::vector<u8> initrd = {},
         const MemoryLayout& layout = sampleLayout())
      : memory(layout) {
    KernelFiles files{std::move(kernel), append, {}};
    if (!initrd.empty()) files.modules.push_back({{"test.initrd", std::move(initrd)}, "test.initrd"});
    auto format = kernelFormat(files.kernel);
    EXPECT_TRUE(format && *format == KernelFormat::Linux);
    auto result = prepareKernel(KernelFormat::Linux, std::move(files), layout);
    if (!result) {
      error = result.error().message;
      return;
    }
    auto done = result->plan.commit(memory);
    EXPECT_TRUE(done) << done.error().message;
    state = result->state;
    rom = result->rom;
  }
  CpuState state;
  std::vector<RomPiece> rom;
  std::string error;
  FakeMemory memory;
};

// Follows four levels of tables in guest memory.
u64 physicalOf(FakeMemory& memory, u64 cr3, u64 linear) {
  u64 table = cr3;
  for (unsigned shift = 39;; shift -= 9) {
    const u64 entry = memory.get<u64>(table + ((linear >> shift) & 511) * 8);
    if (!(entry & 1)) return ~u64{0};
    if (entry & 0x80) return (entry & ~((u64{1} << shift) - 1)) + (linear & ((u64{1} << shift) - 1));
    table = entry & ~u64{0xfff};
  }
}

TEST(Linux, Enters64BitModeAsTheProtocolSays) {
  Loaded k(bzImage(), "console=ttyS0 quiet", std::vector<u8>(10000, 0x5a));
  ASSERT_EQ(k.error, "");
  const CpuState& s = k.state;
  const u64 params = s.gpr[kRsi];
  EXPECT_EQ(s.rip, 0x1000000u + 0x200);
  EXPECT_EQ(s.msr.efer & (kEferLme | kEferLma), kEferLme | kEferLma);
  EXPECT_EQ(s.cr0 & (kCr0Pe | kCr0Pg | kCr0Cd | kCr0Nw), kCr0Pe | kCr0Pg);
  EXPECT_TRUE(s.cr4 & kCr4Pae);
  EXPECT_EQ(s.rflags, 2u);
  EXPECT_EQ(s.segment[kSegCs].selector, 0x10);
  EXPECT_EQ(s.segment[kSegDs].selector, 0x18);
  EXPECT_TRUE(s.segment[kSegCs].attributes & kSegL);
  for (const u64 linear : {u64{0}, params, s.rip, u64{0xfee00000}, 4_GiB - 1})
    EXPECT_EQ(physicalOf(k.memory, s.cr3, linear), linear);
  // The descriptors in memory agree with the loaded ones.
  EXPECT_EQ(k.memory.get<u64>(s.gdtr.base + 0x10), 0x00af9b000000ffffu);
  EXPECT_EQ(k.memory.get<u64>(s.gdtr.base + 0x18), 0x00cf93000000ffffu);

  EXPECT_EQ(k.memory.get<u32>(params + 0x202), 0x53726448u);
  EXPECT_EQ(k.memory.get<u8>(params + 0x210), 0xff);
  EXPECT_EQ(k.memory.text(k.memory.get<u32>(params + 0x228)), "console=ttyS0 quiet");
  EXPECT_EQ(k.memory.get<u64>(params + 0x70), 0xe0000u);
  EXPECT_EQ(k.memory.get<u8>(params), 0) << "the page is cleared";
  const u32 initrd = k.memory.get<u32>(params + 0x218);
  EXPECT_EQ(k.memory.get<u32>(params + 0x21c), 10000u);
  EXPECT_EQ(initrd % 4096, 0u);
  EXPECT_LE(initrd + 10000u, 128_MiB);
  EXPECT_EQ(k.memory.at(initrd), 0x5a);
  EXPECT_EQ(k.memory.at(initrd + 9999), 0x5a);
  for (u64 i = 0; i < 4096; ++i) ASSERT_EQ(k.memory.at(0x1000000 + i), payloadByte(i));
  EXPECT_EQ(fieldAt<u16>(std::span<const u8>(k.rom.at(0).bytes), 10), 0);  // nothing starts in real mode
}

TEST(Linux, MemoryMapOfALargeGuest) {
  const MemoryLayout layout = sampleLayout(0xb0000000, 3_GiB);
  Loaded k(bzImage(), "", std::vector<u8>(5000), layout);
  const u64 params = k.state.gpr[kRsi];
  struct Entry {
    u64 base, size;
    u32 type;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> map;
  for (unsigned i = 0; i < k.memory.get<u8>(params + 0x1e8); ++i) {
    const u64 at = params + 0x2d0 + 20 * i;
    map.push_back({k.memory.get<u64>(at), k.memory.get<u64>(at + 8), k.memory.get<u32>(at + 16)});
  }
  const std::vector<Entry> expected{{0, 0x9fc00, 1},
                                    {0x9fc00, 0x400, 2},
                                    {0xe0000, 0x20000, 2},
                                    {0x100000, 0xb0000000 - 0x100000, 1},
                                    {0xb0000000, 0x10000000, 2},
                                    {4_GiB, 3_GiB, 1}};
  EXPECT_EQ(map, expected);
  // The kernel said initrd_addr_max = 7fffffff.
  EXPECT_LE(k.memory.get<u32>(params + 0x218) + 5000u, 0x80000000u);
  EXPECT_GE(k.memory.get<u32>(params + 0x218), 0x7fff0000u);
}

TEST(Linux, MemoryTypesCoverTheHole) {
  Loaded k(bzImage());
  const ModelSpecificRegisters& msr = k.state.msr;
  EXPECT_EQ(msr.mtrrDefType, 0xc06u);
  u64 covered = 0;
  for (unsigned i = 0; i < kVariableMtrrs; ++i) {
    if (!(msr.mtrrPhysMask[i] & 0x800)) continue;
    EXPECT_EQ(msr.mtrrPhysBase[i] & 0xff, 0u);
    covered += (~msr.mtrrPhysMask[i] & 0xfffffff000) + 0x1000;
  }
  EXPECT_EQ(covered, 0x50000000u);
}

TEST(Linux, Enters32BitModeWithoutXlf64) {
  Loaded k(bzImage({.xloadflags = 0}));
  ASSERT_EQ(k.error, "");
  EXPECT_EQ(k.state.rip, 0x1000000u);
  EXPECT_EQ(k.state.cr0 & (kCr0Pe | kCr0Pg), kCr0Pe);
  EXPECT_EQ(k.state.msr.efer, 0u);
  EXPECT_EQ(k.state.segment[kSegCs].selector, 0x10);
  EXPECT_EQ(k.state.segment[kSegSs].selector, 0x18);
  EXPECT_EQ(k.memory.get<u32>(k.state.gpr[kRsi] + 0x214), 0x1000000u) << "code32_start";
  for (const unsigned r : {kRbp, kRdi, kRbx}) EXPECT_EQ(k.state.gpr[r], 0u);
}

TEST(Linux, OldKernelsStartInRealMode) {
  Loaded k(bzImage({.version = 0x204}), "root=/dev/hda1", std::vector<u8>(100, 1));
  ASSERT_EQ(k.error, "");
  ASSERT_EQ(k.rom.size(), 1u);
  EXPECT_EQ(k.rom[0].address, 0xfe000u);
  EXPECT_EQ(k.rom[0].bytes.size(), 0x2000u);
  EXPECT_EQ(k.state.cr0 & (kCr0Pe | kCr0Pg), 0u);
  EXPECT_EQ(k.state.segment[kSegCs].base + k.state.rip, 0xfe000u);
  // Parameter block: IP, CS, data segment, SP.
  const std::span<const u8> rom(k.rom[0].bytes);
  EXPECT_EQ(fieldAt<u16>(rom, 8), 0);
  EXPECT_EQ(fieldAt<u16>(rom, 10), 0x1020);
  EXPECT_EQ(fieldAt<u16>(rom, 12), 0x1000);
  EXPECT_EQ(fieldAt<u16>(rom, 14), 0xe000);
  EXPECT_EQ(k.memory.at(0x100000), payloadByte(0));
  EXPECT_EQ(k.memory.get<u16>(0x10000 + 0x224), 0xe000 - 0x200);
  EXPECT_EQ(k.memory.get<u8>(0x10000 + 0x211), 0x81);
  EXPECT_EQ(k.memory.text(k.memory.get<u32>(0x10000 + 0x228)), "root=/dev/hda1");
  EXPECT_EQ(k.memory.get<u32>(0x10000 + 0x21c), 100u);
  EXPECT_LE(k.memory.get<u32>(0x10000 + 0x218), 0x37ffffffu);
}

TEST(Linux, ZImageAndProtocol200) {
  Loaded k(bzImage({.version = 0x200, .loadflags = 0}), "old");
  ASSERT_EQ(k.error, "");
  EXPECT_EQ(k.memory.at(0x10000), payloadByte(0));
  EXPECT_EQ(k.memory.get<u16>(0x90020), 0xa33f);
  EXPECT_EQ(k.memory.text(0x90000 + k.memory.get<u16>(0x90022)), "old");
  EXPECT_EQ(fieldAt<u16>(k.rom[0].bytes, 10), 0x9020);
}

TEST(Linux, RelocatableKernelsMoveWhenThePreferredPlaceIsTooSmall) {
  Loaded k(bzImage({.initSize = 6 << 20}), "", {}, sampleLayout(16_MiB));
  ASSERT_EQ(k.error, "");
  EXPECT_EQ(k.state.rip, 0x200200u);
}

TEST(Linux, ErrorsAreOneClearLine) {
  const auto error = [](FileBytes f, std::string append = {}, std::vector<u8> initrd = {}) {
    Loaded k(std::move(f), append, std::move(initrd), sampleLayout(32_MiB));
    EXPECT_EQ(k.error.find('\n'), std::string::npos);
    if (!k.error.empty()) {
      EXPECT_EQ(k.memory.written(), 0u);
    }
    return k.error;
  };
  FileBytes cut = bzImage();
  cut.bytes.resize(3000);
  EXPECT_THAT(error(cut), testing::AllOf(HasSubstr("test.bz"), HasSubstr("cut short"), HasSubstr("6144")));
  cut.bytes.resize(0x300);
  EXPECT_THAT(error(cut), HasSubstr("cut short"));
  EXPECT_THAT(error(bzImage({.initSize = 64 << 20})), HasSubstr("-m"));
  EXPECT_THAT(error(bzImage({.alignment = 3, .relocatable = 1})), HasSubstr("alignment"));
  EXPECT_THAT(error(bzImage({.preferred = 0x4000000, .relocatable = 0})), HasSubstr("-m"));
  EXPECT_THAT(error(bzImage({.version = 0x100})), HasSubstr("protocol"));
  EXPECT_THAT(error(bzImage({.commandLineSize = 100}), std::string(101, 'x')), HasSubstr("-append"));
  EXPECT_EQ(error(bzImage({.commandLineSize = 100}), std::string(100, 'x')), "");
  const std::string big = error(bzImage(), "", std::vector<u8>(40 << 20));
  EXPECT_THAT(big, testing::AllOf(HasSubstr("test.initrd"), HasSubstr("40 MiB"), HasSubstr("32 MiB"),
                                  HasSubstr("-m")));
}

TEST(GuestBios, TellsMemoryAndHasAResetVector) {
  const auto bios = buildGuestBios({0x1020, 0, 0x1000, 0xe000}, sampleLayout(64_MiB));
  ASSERT_TRUE(bios);
  const std::span<const u8> b(*bios);
  EXPECT_EQ(fieldAt<u16>(b, 16), 15 * 1024);
  EXPECT_EQ(fieldAt<u16>(b, 18), 48 * 16);
  EXPECT_EQ(fieldAt<u16>(b, 20), 63 * 1024);
  EXPECT_EQ(fieldAt<u16>(b, 22), 5);
  EXPECT_EQ(fieldAt<u64>(b, 24 + 8), 0x9fc00u);
  EXPECT_EQ(b[0x1ff0], 0xea);
  EXPECT_EQ(fieldAt<u16>(b, 0x1ff1), 0xe004);
  EXPECT_EQ(fieldAt<u16>(b, 0x1ff3), 0xf000);
}

}  // namespace
}  // namespace duet::firmware
