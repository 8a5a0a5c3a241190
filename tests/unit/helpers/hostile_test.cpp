// Random tables, stacks and registers under every helper: nothing crashes, and whatever state comes out is one
// that importState takes back.
#include <random>

#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

struct Case {
  std::vector<u8> bytes;
  void (*run)(Context&, const isa::Insn&);
};

const std::vector<Case>& cases() {
  static const std::vector<Case> list = {
      {{0x0f, 0x05}, Syscall::run},
      {{0x48, 0x0f, 0x07}, Sysret::run},
      {{0x0f, 0x34}, Sysenter::run},
      {{0x0f, 0x35}, Sysexit::run},
      {{0xcf}, Iret::run},
      {{0x48, 0xcf}, Iret::run},
      {{0x66, 0xcf}, Iret::run},
      {{0xcb}, FarRet::run},
      {{0xca, 0x10, 0x00}, FarRet::run},
      {{0xff, 0x1b}, FarCall::run},
      {{0xff, 0x2b}, FarJmp::run},
      {{0xcd, 0x21}, IntN::run},
      {{0xcc}, Int3::run},
      {{0xf1}, Icebp::run},
      {{0x8e, 0xd0}, MovToSeg::run},
      {{0x8e, 0xd8}, MovToSeg::run},
      {{0x8e, 0xe8}, MovToSeg::run},
      {{0x0f, 0xb2, 0x03}, LoadFarPtr::run},
      {{0x0f, 0x22, 0xc0}, MovToCr::run},
      {{0x0f, 0x22, 0xd8}, MovToCr::run},
      {{0x0f, 0x22, 0xe0}, MovToCr::run},
      {{0x0f, 0x23, 0xf8}, MovToDr::run},
      {{0x0f, 0x30}, Wrmsr::run},
      {{0x0f, 0x32}, Rdmsr::run},
      {{0x0f, 0x01, 0xd1}, Xsetbv::run},
      {{0x0f, 0x01, 0x13}, Lgdt::run},
      {{0x0f, 0x00, 0xd0}, Lldt::run},
      {{0x0f, 0x00, 0xd8}, Ltr::run},
      {{0x0f, 0x02, 0xc8}, Lar::run},
      {{0x0f, 0x03, 0xc8}, Lsl::run},
      {{0x0f, 0xae, 0x23}, Xsave::run},
      {{0x0f, 0xae, 0x2b}, Xrstor::run},
      {{0x0f, 0xae, 0x0b}, Fxrstor::run},
      {{0x0f, 0xc7, 0x23}, Xsavec::run},
      {{0xdd, 0x23}, Frstor::run},
      {{0x9d}, Popf::run},
      {{0xfb}, Sti::run},
      {{0x0f, 0x01, 0xef}, Wrpkru::run},
      {{0x66, 0x0f, 0x38, 0x82, 0x0b}, Invpcid::run},
  };
  return list;
}

class Hostile : public HelperTest {
 protected:
  u64 random() { return generator_(); }
  bool oneIn(unsigned n) { return random() % n == 0; }
  // Mostly values that lead somewhere.
  u64 value() {
    switch (random() % 8) {
      case 0:
        return random();
      case 1:
        return u64{1} << (random() % 64);
      case 2:
        return random() % 0x100;
      case 3:
        return 0xc0000080 + random() % 5;
      case 4:
        return kGdtLimit + 1 - random() % 0xa0;
      case 5:
        return 0xffff800000000000 | (random() & 0x7fffffff);
      default:
        return kStack0 + (random() % 64) * 8;
    }
  }
  CpuState state() {
    switch (random() % 7) {
      case 0:
        return realState();
      case 1:
        return protectedState(0);
      case 2:
        return protectedState(3);
      case 3:
        return v86State(static_cast<unsigned>(random() % 4));
      case 4:
        return longState(3);
      default:
        return longState(0);
    }
  }
  void damageTables() {
    makeTables();
    for (unsigned i = 0; i < 64; ++i) {
      // Interrupt, trap, task and call gates, data and rubbish, with selectors that mostly exist.
      const u16 selector = static_cast<u16>((random() % 20) * 8 + random() % 4);
      const unsigned access = 0x80 | static_cast<unsigned>(random() % 128);
      poke<u64>(kIdt + 8 * i, gate(selector, static_cast<u32>(random() & 0xffff), access,
                                   static_cast<unsigned>(random() & 0x1f)));
    }
    for (u64 n = random() % 6; n-- > 0;) {
      const u64 at = kGdt + 8 * (1 + random() % 18);
      poke<u64>(at, peek<u64>(at) ^ u64{1} << (40 + random() % 16));
    }
    for (u64 n = random() % 8; n-- > 0;) poke<u64>(kTss + 8 * (random() % 16), value());
    for (u64 at = kStack0 - 64; at < kStack0 + 512; at += 4) poke<u32>(at, static_cast<u32>(value()));
    for (u64 at = kTss2; at < kTss2 + 0x68; at += 2) poke<u16>(at, static_cast<u16>(value()));
    if (oneIn(4)) poke<u64>(kPageTables + 0x2000 + 8 * (random() % 4), random());
  }

  std::mt19937_64 generator_{20240607};
};

TEST_F(Hostile, StatesStayPossible) {
  constexpr unsigned kRounds = 60000;
  unsigned faults = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    if (oneIn(512)) use(oneIn(2) ? "EPYC-Milan" : "max,vendor=GenuineIntel");
    damageTables();
    CpuState s = state();
    for (u64& r : s.gpr) r = value();
    if (oneIn(2)) s.cr4 |= (kCr4Osxsave | kCr4Vme | kCr4Fsgsbase | kCr4Pke) & model_->cr4Mask();
    s.msr.star = random();
    s.msr.sysenterCs = value() & 0xffff;
    s.rflags |= random() & (kFlagNt | kFlagIf | kFlagTf | kFlagCf);
    load(s);
    const Case& c = cases()[random() % cases().size()];
    if (isa::decode(c.bytes, ctx_->codeMode, ctx_->protectedMode, model_->features(), insn_) ==
            isa::DecodeStatus::Ok &&
        !oneIn(4)) {
      ctx_->insn = &insn_;
      ctx_->nextRip = arch().rip + insn_.length;
      const PendingEvent fault = attempt([&] { c.run(*ctx_, insn_); });
      faults += fault.type != EventType::None;
      arch().rip = fault.type == EventType::None ? ctx_->nextRip & ctx_->ripMask : ctx_->insnRip();
    } else {
      const PendingEvent fault =
          deliver({static_cast<EventType>(1 + random() % 4), static_cast<u8>(random() % 32), oneIn(2),
                   static_cast<u32>(random()), random() & 0xe00f});
      faults += fault.type != EventType::None;
    }
    CpuState out;
    exportState(*ctx_, out);
    out.pending = {};
    const auto again = importState(*ctx_, out);
    ASSERT_TRUE(again) << "round " << round << ": " << again.error().message;
  }
  EXPECT_GT(faults, kRounds / 4);
  EXPECT_LT(faults, kRounds);
}

}  // namespace
}  // namespace duet::tcg
