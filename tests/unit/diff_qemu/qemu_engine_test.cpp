// The QEMU engine: what goes into its guest comes out, exceptions are told as the processor pushes them, nothing stays from
// one case to the next. Expected values from the manuals; where QEMU itself may be wrong nothing is asked.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <functional>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/qemu/qemu_engine.h"

namespace duet::diff {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr u64 kCode = 0x10000000, kData = 0x20000000, kReadOnly = 0x20001000, kWritableCode = 0x20003000;

using Bytes = std::vector<u8>;
using Change = std::function<void(Case&)>;

std::shared_ptr<Memory> makeMemory() {
  auto m = std::make_shared<Memory>();
  const auto add = [&](u64 address, PageAccess access, bool code) {
    Page page{.address = address, .access = access};
    for (size_t i = 0; i < page.bytes.size(); ++i) page.bytes[i] = code ? 0xcc : static_cast<u8>(i);
    m->pages.push_back(page);
  };
  add(kCode, PageAccess::ReadExecute, true);
  add(kData, PageAccess::ReadWrite, false);
  add(kReadOnly, PageAccess::Read, false);
  add(kWritableCode, PageAccess::ReadWriteExecute, true);
  add(kTlsBase, PageAccess::ReadWrite, false);
  return m;
}

// One QEMU for all tests; they are skipped by name where there is none.
class QemuEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!engine().has_value()) {
      ASSERT_THAT(engine().error().message, HasSubstr("install qemu-system-x86"));
      GTEST_SKIP() << engine().error().message;
    }
  }

  static Result<std::unique_ptr<Engine>>& engine() {
    static Result<std::unique_ptr<Engine>> made = makeQemuEngine();
    return made;
  }

  static Case makeCase(World world, const Bytes& code, const Change& change = {}, u64 at = kCode) {
    static const std::shared_ptr<const Memory> memory = makeMemory();
    Case c;
    c.world = world;
    c.memory = memory;
    c.start = userState(world);
    c.start.rip = at;
    c.start.gpr[kRsp] = kData + 0x800;
    c.pieces.push_back({at, code});
    if (change) change(c);
    return c;
  }

  static Outcome run(const Case& c) {
    Outcome o;
    EXPECT_TRUE((*engine())->run({&c, 1}, {&o, 1}));
    return o;
  }
  static Outcome run64(const Bytes& code, const Change& change = {}) {
    return run(makeCase(World::User64, code, change));
  }
  static Outcome run32(const Bytes& code, const Change& change = {}) {
    return run(makeCase(World::User32, code, change));
  }

  static std::string say(const Outcome& o) {
    if (o.ending == Ending::Steps) return "endless";
    if (o.ending != Ending::Exception) return "not run: " + o.why;
    std::string s = fmt::format("{}", o.exception.vector);
    if (o.exception.hasErrorCode) s += fmt::format("({:x})", o.exception.errorCode);
    s += fmt::format(" at {:x}", o.after.rip);
    if (o.exception.vector == kExcPF) s += fmt::format(", CR2 {:x}", o.after.cr2);
    return s;
  }
  // What it says when the code ran to the INT3 after it.
  static std::string ranThrough(size_t size) { return fmt::format("3 at {:x}", kCode + size + 1); }
};

TEST_F(QemuEngineTest, Adds) {
  const Outcome o = run64({0x48, 0x01, 0xd8}, [](Case& c) {  // add rax, rbx
    c.start.gpr[kRax] = 0x7fffffffffffffff;
    c.start.gpr[kRbx] = 1;
  });
  EXPECT_EQ(say(o), ranThrough(3));
  EXPECT_EQ(o.after.gpr[kRax], u64{1} << 63);
  EXPECT_EQ(o.after.rflags, u64{2 | kFlagIf | kFlagOf | kFlagSf | kFlagPf | kFlagAf});
}

TEST_F(QemuEngineTest, CarriesEveryRegister) {
  const Outcome o = run64({0x90}, [](Case& c) {
    for (unsigned i = 0; i < 16; ++i) c.start.gpr[i] = 0x0123456789abcdef * u64{i} + i;
    c.start.rflags |= kFlagCf | kFlagDf;
    c.start.segment[kSegFs] = {0, 0x123456789000, 0, kSegUnusable};
    c.start.segment[kSegGs] = {0, 0xffff900000001000, 0, kSegUnusable};
  });
  EXPECT_EQ(say(o), ranThrough(1));
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(o.after.gpr[i], 0x0123456789abcdef * u64{i} + i) << i;
  EXPECT_EQ(o.after.rflags, u64{2 | kFlagIf | kFlagCf | kFlagDf});
  EXPECT_EQ(o.after.segment[kSegFs].base, 0x123456789000u);
  EXPECT_EQ(o.after.segment[kSegGs].base, 0xffff900000001000u);
}

TEST_F(QemuEngineTest, TellsPageFaults) {
  const auto at = [](u64 address) { return [=](Case& c) { c.start.gpr[kRax] = address; }; };
  EXPECT_EQ(say(run64({0x8a, 0x00}, at(0x30000123))), "14(4) at 10000000, CR2 30000123");     // mov al, [rax]
  EXPECT_EQ(say(run64({0x88, 0x00}, at(kReadOnly + 5))), "14(7) at 10000000, CR2 20001005");  // mov [rax], al
  EXPECT_EQ(say(run64({0xff, 0xe0}, at(kData))), "14(15) at 20000000, CR2 20000000");         // jmp rax
}

TEST_F(QemuEngineTest, TellsOtherExceptions) {
  EXPECT_EQ(say(run64({0xf4})), "13(0) at 10000000");    // hlt
  EXPECT_EQ(say(run64({0x0f, 0x0b})), "6 at 10000000");  // ud2
  EXPECT_EQ(say(run64({0xf7, 0xf1})), "0 at 10000000");  // div ecx
  EXPECT_EQ(say(run64({0x90, 0x90}, [](Case& c) { c.start.rflags |= kFlagTf; })), "1 at 10000001");
}

TEST_F(QemuEngineTest, ReportsWritesAndRestores) {
  const auto store = [](u64 address) {
    return makeCase(World::User64, {0x89, 0x03}, [=](Case& c) {  // mov [rbx], eax
      c.start.gpr[kRbx] = address;
      c.start.gpr[kRax] = 0xa1a205a4;  // byte 105h of the page is 5 already
    });
  };
  const auto load = makeCase(World::User64, {0x8b, 0x03},  // mov eax, [rbx]
                             [](Case& c) { c.start.gpr[kRbx] = kData + 0x104; });
  const Case cases[] = {store(kData + 0x104), load, store(kData + 0x104)};
  Outcome o[3];
  ASSERT_TRUE((*engine())->run(cases, o));
  for (const Outcome* stored : {&o[0], &o[2]})
    EXPECT_THAT(stored->writes,
                ElementsAre(Piece{kData + 0x104, {0xa4}}, Piece{kData + 0x106, {0xa2, 0xa1}}));
  EXPECT_EQ(o[1].after.gpr[kRax], 0x07060504u);
  EXPECT_THAT(o[1].writes, IsEmpty());
}

TEST_F(QemuEngineTest, LaysPiecesOverPagesForOneCase) {
  const auto load = [](const Change& more) {
    return run64({0x8a, 0x03}, [&](Case& c) {  // mov al, [rbx]
      c.start.gpr[kRbx] = kReadOnly + 0x11;
      more(c);
    });
  };
  const Outcome with = load([](Case& c) { c.pieces.push_back({kReadOnly + 0x10, {0xaa, 0xbb, 0xcc}}); });
  EXPECT_EQ(with.after.gpr[kRax], 0xbbu);
  EXPECT_THAT(with.writes, IsEmpty());  // what pieces changed is no write
  EXPECT_EQ(load([](Case&) {}).after.gpr[kRax], 0x11u);
}

TEST_F(QemuEngineTest, NewCodeAtTheSameAddressIsRun) {
  std::vector<Case> cases;
  for (u8 i = 0; i < 100; ++i) cases.push_back(makeCase(World::User64, {0xb0, i}));  // mov al, i
  std::vector<Outcome> o(cases.size());
  ASSERT_TRUE((*engine())->run(cases, o));
  for (u8 i = 0; i < 100; ++i) EXPECT_EQ(o[i].after.gpr[kRax], i);
}

TEST_F(QemuEngineTest, CodeMayWriteItself) {
  // mov byte [rip+0], 0f4h: the NOP after it becomes HLT.
  const Bytes code{0xc6, 0x05, 0x00, 0x00, 0x00, 0x00, 0xf4, 0x90};
  const Outcome o = run(makeCase(World::User64, code, {}, kWritableCode));
  EXPECT_EQ(say(o), "13(0) at 20003007");
  EXPECT_THAT(o.writes, ElementsAre(Piece{kWritableCode + 7, {0xf4}}));
  EXPECT_EQ(say(run(makeCase(World::User64, {0x90}, {}, kWritableCode + 7))), "3 at 20003009");
}

// IRET at user level with VM, VIP and VIF in the popped flags: they are not changed there (SDM vol. 2, IRET), but QEMU 7.2
// goes to virtual-8086 mode, and its IRET of the next case leaves VIP and VIF as they are.
TEST_F(QemuEngineTest, FlagsDoNotStay) {
  run32({0xcf}, [](Case& c) {
    c.pieces.push_back({kData + 0x800, Bytes(4 * 9, 0)});
    c.pieces.push_back({kData + 0x808, {0x02, 0x02, 0x1a, 0x00}});
  });
  EXPECT_EQ(run64({0x90}).after.rflags, u64{2 | kFlagIf});
}

// The same with the selector of the monitor's code: it is the case that has raised something, not the monitor.
TEST_F(QemuEngineTest, KernelSelectorIsNotTheMonitor) {
  const Outcome o = run32({0xcf}, [](Case& c) {
    c.pieces.push_back({kData + 0x800, Bytes(4 * 9, 0)});
    c.pieces.push_back({kData + 0x804, {0x10, 0x00, 0x00, 0x00, 0x02, 0x02, 0x02, 0x00}});
  });
  EXPECT_EQ(o.ending, Ending::Exception) << o.why;
}

TEST_F(QemuEngineTest, EndsEndlessLoops) {
  const Case loop = makeCase(World::User64, {0x88, 0x03, 0xeb, 0xfc},  // mov [rbx], al; jmp to it
                             [](Case& c) { c.start.gpr[kRbx] = kData; });
  const Case load = makeCase(World::User64, {0x8a, 0x03}, [](Case& c) { c.start.gpr[kRbx] = kData + 7; });
  const Case cases[] = {load, loop, load, loop, loop, load};
  Outcome o[6];
  ASSERT_TRUE((*engine())->run(cases, o));
  for (unsigned i : {0, 2, 5}) {
    EXPECT_EQ(say(o[i]), ranThrough(2));
    EXPECT_EQ(o[i].after.gpr[kRax], 7u);
  }
  for (unsigned i : {1, 3, 4}) EXPECT_EQ(say(o[i]), "endless");
}

// VROUNDSS with VEX.L=1, where an assertion ends QEMU 7.2; others run it. The cases around it do not suffer.
TEST_F(QemuEngineTest, OutlivesQemu) {
  const Case nop = makeCase(World::User64, {0x90});
  const Case cases[] = {nop, makeCase(World::User64, {0xc4, 0xe3, 0x65, 0x0a, 0xc1, 0x00}), nop};
  Outcome o[3];
  ASSERT_TRUE((*engine())->run(cases, o));
  EXPECT_EQ(say(o[0]), ranThrough(1));
  EXPECT_EQ(say(o[2]), ranThrough(1));
  if ((*engine())->abilities().processor.find("version 7.2.") == std::string::npos) return;
  EXPECT_THAT(say(o[1]), AllOf(HasSubstr("not run: QEMU ended: "), HasSubstr("vex_l")));
}

TEST_F(QemuEngineTest, RunsCompatibilityMode) {
  const Outcome o = run32({0x40, 0x06}, [](Case& c) { c.start.gpr[kRax] = 0xffffffff; });  // inc eax; push es
  EXPECT_EQ(say(o), ranThrough(2));
  EXPECT_EQ(o.after.gpr[kRax], 0u);
  EXPECT_EQ(o.after.gpr[kRsp], kData + 0x7fc);
  EXPECT_THAT(o.writes, ElementsAre(Piece{kData + 0x7fc, {kUserData, 0, 0, 0}}));
  const auto small = [](u64 offset) {  // mov al, fs:[ebx]
    return run32({0x64, 0x8a, 0x03}, [=](Case& c) {
      c.start.segment[kSegFs] = userSegment(kTlsLow);
      c.start.gpr[kRbx] = offset;
    });
  };
  EXPECT_EQ(small(0x17).after.gpr[kRax], 0x17u);
}

TEST_F(QemuEngineTest, CarriesVectorState) {
  if (!(*engine())->abilities().features.has(Feature::Avx)) GTEST_SKIP() << "this QEMU has no AVX";
  const Outcome o = run64({0xc5, 0xf5, 0xef, 0xc2}, [](Case& c) {  // vpxor ymm0, ymm1, ymm2
    auto& x = c.start.xsave;
    x[512] = 7;
    std::memset(&x[160 + 16], 0x0f, 16);  // ymm1
    std::memset(&x[576 + 16], 0x55, 16);
    std::memset(&x[160 + 32], 0xff, 16);  // ymm2
    std::memset(&x[576 + 32], 0x11, 16);
    std::memset(&x[32], 0x77, 10);          // st0 keeps
    x[0] = 0x7f, x[1] = 0x02, x[4] = 0xff;  // precision 53 bits, all registers in use
    x[24] = 0x80, x[25] = 0x7f;             // round toward 0
  });
  EXPECT_EQ(say(o), ranThrough(4));
  const auto& x = o.after.xsave;
  EXPECT_EQ(Bytes(&x[160], &x[176]), Bytes(16, 0xf0));
  EXPECT_EQ(Bytes(&x[576], &x[592]), Bytes(16, 0x44));
  EXPECT_EQ(Bytes(&x[32], &x[42]), Bytes(10, 0x77));
  EXPECT_EQ(x[0] | x[1] << 8, 0x27f);
  EXPECT_EQ(x[4], 0xff);
  EXPECT_EQ(x[24] | x[25] << 8, 0x7f80);
}

TEST_F(QemuEngineTest, FollowsTheCasesMemory) {
  const auto load = [](const std::shared_ptr<const Memory>& memory) {
    return makeCase(World::User64, {0x8a, 0x03}, [&](Case& c) {
      c.start.gpr[kRbx] = kData + 0x33;
      c.memory = memory;
    });
  };
  auto other = makeMemory();
  other->pages[1].bytes[0x33] = 0x99;
  auto none = makeMemory();
  none->pages.erase(none->pages.begin() + 1);
  auto far = makeMemory();
  far->pages.back().address = 4_GiB;
  const Case cases[] = {load(makeMemory()), load(other), load(none), load(far), load(other)};
  Outcome o[5];
  ASSERT_TRUE((*engine())->run(cases, o));
  EXPECT_EQ(o[0].after.gpr[kRax], 0x33u);
  EXPECT_EQ(o[1].after.gpr[kRax], 0x99u);
  EXPECT_EQ(say(o[2]), "14(4) at 10000000, CR2 20000033");
  EXPECT_EQ(say(o[3]), "not run: it has a page at 0x100000000");
  EXPECT_EQ(o[4].after.gpr[kRax], 0x99u);
}

TEST_F(QemuEngineTest, NamesItsProcessor) {
  const EngineAbilities& a = (*engine())->abilities();
  EXPECT_TRUE(a.user64 && a.user32);
  EXPECT_FALSE(a.system);
  EXPECT_THAT(a.processor, HasSubstr("QEMU emulator version"));
  EXPECT_TRUE(a.features.has(Feature::Sse42) && a.features.has(Feature::Hypervisor));
}

TEST(QemuEngineAbsent, NamesThePackage) {
  const std::string path = getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const auto made = makeQemuEngine();
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().message,
            "qemu engine: there is no qemu-system-x86_64 here: install qemu-system-x86");
}

}  // namespace
}  // namespace duet::diff
