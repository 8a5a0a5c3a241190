// ELF, PVH and Multiboot kernels: entry states and the structures handed over, against their specifications.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "firmware/loader/multiboot.h"
#include "tests/unit/firmware/fake_memory.h"
#include "tests/unit/firmware/sample_config.h"
#include "tests/unit/firmware/sample_kernels.h"

namespace duet::firmware {
namespace {

using namespace test;
using testing::HasSubstr;

struct Loaded {
  explicit Loaded(FileBytes kernel, const std::string& append = {}, std::vector<KernelModule> modules = {},
                  const MemoryLayout& layout = sampleLayout())
      : memory(layout) {
    const auto found = kernelFormat(kernel);
    EXPECT_TRUE(found) << found.error().message;
    format = *found;
    auto result = prepareKernel(format, {std::move(kernel), append, std::move(modules)}, layout);
    if (!result) {
      error = result.error().message;
      EXPECT_EQ(error.find('\n'), std::string::npos);
      return;
    }
    EXPECT_TRUE(result->plan.commit(memory));
    state = result->state;
  }
  void expectFlat32(u64 rip) const {
    EXPECT_EQ(error, "");
    EXPECT_EQ(state.rip, rip);
    EXPECT_EQ(state.cr0 & (kCr0Pe | kCr0Pg), kCr0Pe);
    EXPECT_EQ(state.rflags, 2u);
    EXPECT_EQ(state.segment[kSegCs].limit, 0xffffffffu);
    EXPECT_TRUE(state.segment[kSegCs].attributes & kSegDb);
    for (const SegmentRegister& s : state.segment) EXPECT_EQ(s.base, 0u);
    EXPECT_EQ(state.segment[kSegSs].type(), 3u);
    EXPECT_EQ(state.tr.type(), 0xbu);
  }
  KernelFormat format{};
  CpuState state;
  std::string error;
  FakeMemory memory;
};

KernelModule module(const std::string& line, size_t size, u8 fill) {
  return {{line.substr(0, line.find(' ')), std::vector<u8>(size, fill)}, line};
}

TEST(Elf, PlainKernelsOfBothClasses) {
  for (const bool wide : {false, true}) {
    Loaded k(elf({.wide = wide}));
    EXPECT_EQ(k.format, KernelFormat::Elf);
    k.expectFlat32(0x200010);
    for (u64 i = 0; i < 256; ++i) ASSERT_EQ(k.memory.at(0x200000 + i), payloadByte(i));
    for (u64 i = 256; i < 4096; ++i) ASSERT_EQ(k.memory.at(0x200000 + i), 0) << "bss is cleared";
  }
}

TEST(Elf, HighLinkedKernelsAreEnteredAtThePhysicalAddress) {
  Loaded k(elf({.virtualAddress = 0xffffffff80000000, .entry = 0xffffffff80000020}));
  k.expectFlat32(0x200020);
}

TEST(Elf, PvhStartInformation) {
  Loaded k(elf({.entry = 0xffffffff81000000, .pvhEntry = 0x200040}), "root=/dev/vda",
           {module("ird", 3000, 0x33)});
  k.expectFlat32(0x200040);
  const u64 info = k.state.gpr[kRbx];
  EXPECT_EQ(k.memory.get<u32>(info), 0x336ec578u);
  EXPECT_EQ(k.memory.get<u32>(info + 4), 1u);
  EXPECT_EQ(k.memory.get<u32>(info + 12), 1u);
  const u64 list = k.memory.get<u64>(info + 16);
  EXPECT_EQ(k.memory.at(k.memory.get<u64>(list)), 0x33);
  EXPECT_EQ(k.memory.get<u64>(list + 8), 3000u);
  EXPECT_EQ(k.memory.text(k.memory.get<u64>(info + 24)), "root=/dev/vda");
  EXPECT_EQ(k.memory.get<u64>(info + 32), 0xe0000u);
  const u64 map = k.memory.get<u64>(info + 40);
  EXPECT_EQ(k.memory.get<u32>(info + 48), 5u);
  EXPECT_EQ(k.memory.get<u64>(map + 8), 0x9fc00u);
  EXPECT_EQ(k.memory.get<u32>(map + 24 + 16), 2u);
}

TEST(Elf, ErrorsNameFileAndFault) {
  const auto error = [](const ElfOptions& o) { return Loaded(elf(o), "", {}, sampleLayout(32_MiB)).error; };
  EXPECT_THAT(error({.physical = 0x40000000}),
              testing::AllOf(HasSubstr("test.elf"), HasSubstr("0x40000000"), HasSubstr("32 MiB")));
  EXPECT_THAT(error({.physical = ~u64{0} - 100}), HasSubstr("does not fit"));
  EXPECT_THAT(error({.memorySize = ~u64{0}}), HasSubstr("does not fit"));
  EXPECT_THAT(error({.memorySize = 10}), HasSubstr("more bytes in the file"));
  EXPECT_THAT(error({.physical = 0xa0000}), HasSubstr("does not fit")) << "the VGA window is no RAM";
  EXPECT_THAT(error({.entry = 0x1234567890}), HasSubstr("entry point"));
  FileBytes cut = elf();
  cut.bytes.resize(0x220);
  EXPECT_THAT(Loaded(cut).error, HasSubstr("beyond the end of the file"));
  FileBytes other = elf();
  other.bytes[18] = 183;
  EXPECT_THAT(Loaded(other).error, HasSubstr("another processor"));
  FileBytes object = elf();
  object.bytes[16] = 1;
  EXPECT_THAT(Loaded(object).error, HasSubstr("link it"));
  FileBytes program = elf();
  program.bytes[64 + 56] = 3;  // type of the second program header: PT_INTERP
  EXPECT_THAT(Loaded(program).error, HasSubstr("for an operating system"));
}

TEST(Multiboot, FlatFilesGoWhereTheHeaderSays) {
  Loaded k(flatMultiboot({.bssEnd = 0x101000}), "-a b");
  EXPECT_EQ(k.format, KernelFormat::Multiboot);
  k.expectFlat32(0x100080);
  EXPECT_EQ(k.state.gpr[kRax], 0x2badb002u);
  EXPECT_EQ(k.memory.at(0x100000), payloadByte(0));
  EXPECT_EQ(k.memory.at(0x1003ff), payloadByte(1023));
  EXPECT_EQ(k.memory.at(0x100400), 0);
  EXPECT_EQ(k.memory.at(0x100fff), 0);
}

TEST(Multiboot, HeaderMayWantOnlyALaterPartOfTheFile) {
  // header_addr - load_addr says that loading starts 16 bytes before the header.
  FileBytes f = flatMultiboot({.headerOffset = 0x100});
  setField<u32>(std::span(f.bytes), 0x100 + 12, 0x100010);
  setField<u32>(std::span(f.bytes), 0x100 + 20, 0x100040);
  Loaded k(f);
  EXPECT_EQ(k.error, "");
  EXPECT_EQ(k.memory.at(0x100000), payloadByte(0xf0));
  EXPECT_EQ(k.memory.at(0x10003f), payloadByte(0x12f));
  EXPECT_EQ(k.memory.at(0x100040), 0xcc) << "load_end_addr ends it";
}

TEST(Multiboot, ElfOfBothClasses) {
  for (const bool wide : {false, true}) {
    Loaded k(elf({.wide = wide, .multibootFlags = 0x7}));
    EXPECT_EQ(k.format, KernelFormat::Multiboot);
    k.expectFlat32(0x200010);
    const u64 info = k.state.gpr[kRbx];
    EXPECT_EQ(k.memory.get<u32>(info) & (1u << 11), 0u) << "no video information";
  }
}

TEST(Multiboot, Information) {
  Loaded k(flatMultiboot(), "smp debug",
           {module("m1 x y", 5000, 1), module("m2", 0, 0), module("m3", 10, 3)});
  ASSERT_EQ(k.error, "");
  const u64 info = k.state.gpr[kRbx];
  EXPECT_EQ(k.memory.get<u32>(info), 0x24du);
  EXPECT_EQ(k.memory.get<u32>(info + 4), 639u);
  EXPECT_EQ(k.memory.get<u32>(info + 8), 127u * 1024);
  EXPECT_EQ(k.memory.text(k.memory.get<u32>(info + 16)), "test.flat smp debug");
  EXPECT_EQ(k.memory.text(k.memory.get<u32>(info + 64)), "duet");
  ASSERT_EQ(k.memory.get<u32>(info + 20), 3u);
  const u32 list = k.memory.get<u32>(info + 24);
  u64 last = 0x100400;
  for (u32 i = 0; i < 3; ++i) {
    const u32 start = k.memory.get<u32>(list + 16 * i), end = k.memory.get<u32>(list + 16 * i + 4);
    EXPECT_EQ(start % 4096, 0u);
    EXPECT_GE(start, last);
    last = end;
    EXPECT_EQ(end - start, i == 0 ? 5000u : i == 1 ? 0u : 10u);
  }
  EXPECT_EQ(k.memory.at(k.memory.get<u32>(list)), 1);
  EXPECT_EQ(k.memory.at(k.memory.get<u32>(list + 32)), 3);
  EXPECT_EQ(k.memory.text(k.memory.get<u32>(list + 8)), "m1 x y");
  // The map: size-prefixed entries that add up to mmap_length.
  const u32 length = k.memory.get<u32>(info + 44), map = k.memory.get<u32>(info + 48);
  u32 at = 0, ram = 0;
  while (at < length) {
    if (k.memory.get<u32>(map + at + 20) == 1) ++ram;
    at += k.memory.get<u32>(map + at) + 4;
  }
  EXPECT_EQ(at, length);
  EXPECT_EQ(ram, 2u);
}

TEST(Multiboot, ErrorsNameFileAndFault) {
  const auto error = [](const FlatOptions& o) {
    return Loaded(flatMultiboot(o), "", {}, sampleLayout(32_MiB)).error;
  };
  EXPECT_THAT(error({.load = 0x3000000}), testing::AllOf(HasSubstr("test.flat"), HasSubstr("-m")));
  EXPECT_THAT(error({.loadEnd = 0x200000}), HasSubstr("cut short"));
  EXPECT_THAT(error({.loadEnd = 0x1000}), HasSubstr("load_end_addr"));
  EXPECT_THAT(error({.bssEnd = 0xf0000000}), HasSubstr("does not fit"));
  FileBytes wild = flatMultiboot();
  setField<u32>(std::span(wild.bytes), 0x40 + 12, 0x200000);
  EXPECT_THAT(Loaded(wild).error, HasSubstr("before the start of the file"));
  EXPECT_THAT(Loaded(elf({.multibootFlags = 0x8})).error, HasSubstr("demands"));
  EXPECT_THAT(Loaded(flatMultiboot(), "", {module("huge", 40 << 20, 0)}, sampleLayout(32_MiB)).error,
              testing::AllOf(HasSubstr("huge"), HasSubstr("-m")));
}

TEST(Multiboot, HeaderMustBeInTheFirst8KiB) {
  EXPECT_TRUE(hasMultibootHeader(flatMultiboot({.headerOffset = 8192 - 32, .size = 9000})));
  EXPECT_FALSE(hasMultibootHeader(flatMultiboot({.headerOffset = 8192, .size = 9000})));
  EXPECT_FALSE(hasMultibootHeader(flatMultiboot({.headerOffset = 0x42})));
}

TEST(Multiboot, ModuleList) {
  const auto names = splitModules("a b c, d,e,,f g,,,h");
  ASSERT_EQ(names.size(), 4u);
  EXPECT_EQ(names[0].path, "a");
  EXPECT_EQ(names[0].commandLine, "a b c");
  EXPECT_EQ(names[1].path, "d");
  EXPECT_EQ(names[2].path, "e,f");
  EXPECT_EQ(names[2].commandLine, "e,f g,");
  EXPECT_EQ(names[3].path, "h");
  EXPECT_TRUE(splitModules("").empty());
}

TEST(KernelFormats, UnknownFilesAreExplained) {
  const auto error = [](std::vector<u8> bytes) {
    return kernelFormat({"thing", std::move(bytes)}).error().message;
  };
  EXPECT_THAT(error({}), testing::AllOf(HasSubstr("thing"), HasSubstr("empty")));
  EXPECT_THAT(error(std::vector<u8>(100, 7)), HasSubstr("thing"));
  std::vector<u8> second(64);
  setField<u32>(std::span(second), 8, 0xe85250d6u);
  setField<u32>(std::span(second), 16, 24u);
  setField<u32>(std::span(second), 20, -(0xe85250d6u + 24u));
  EXPECT_THAT(error(second), HasSubstr("Multiboot 2"));
}

}  // namespace
}  // namespace duet::firmware
