// Generated cases carry out every row's short way to memory: with what it accesses in the TLB.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/interp/tcg_vcpu.h"
#include "tools/diff/engine/vcpu_engine.h"
#include "tools/diff/generate/generator.h"
#include "tools/diff/system/system_generator.h"

namespace duet::diff {
namespace {

using tcg::Counters;

// Its vCPU's handlers are counted.
class CountingBackend final : public CpuBackend {
 public:
  CountingBackend(mmu::Ram& ram, Counters& counters)
      : inner_(ram, tcg::baseline::tierFactory({.threshold = 1})), counters_(counters) {}
  std::string_view name() const override { return inner_.name(); }
  EngineCaps caps() const override { return inner_.caps(); }
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override {
    auto made = inner_.createVcpu(env);
    if (made) static_cast<tcg::TcgVcpu&>(**made).countInto(counters_);
    return made;
  }
  void setActive(bool active) override { inner_.setActive(active); }
  void memoryMapChanged() override { inner_.memoryMapChanged(); }
  void codeModified(Gpa address, u64 length) override { inner_.codeModified(address, length); }
  DirtyTracker* dirtyTracker() override { return inner_.dirtyTracker(); }
  EngineEvents* events() override { return inner_.events(); }

 private:
  tcg::TcgBackend inner_;
  Counters& counters_;
};

// How often the row's own code sufficed, and how often it took its slow path.
struct Ways {
  unsigned shortWay = 0, slow = 0;
};
using Rows = std::map<std::pair<u16, OperandShape>, Ways>;

u64 endOf(const Case& c, const Outcome& out) {
  if (c.world != World::System) return out.after.rip;
  const auto end = systemEnd(c, out);
  return end ? end->rip : out.after.rip;
}

class Watch {
 public:
  Watch() {
    counters_.handlers.resize(tcg::isa::allRows().size() + 1);
    engine_ =
        VcpuEngine::make({.name = "counting"}, [this](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
          return std::make_unique<CountingBackend>(ram, counters_);
        }).value();
  }

  Target target(World world) const {
    return {world, engine_->abilities().features, engine_->abilities().vendor};
  }

  // Of one instruction, behind what touches its memory.
  void run(const GeneratedCase& made, Rows& rows) {
    const MadeInstruction& insn = made.made[0];
    const u64 begin = made.c.start.rip, end = insn.address + insn.length;
    const bool oneBlock = (insn.address ^ (end - 1)) >> 12 == 0;
    if (insn.form.row == kInvalidRow || begin == insn.address || !oneBlock) return;
    const tcg::HandlerCalls before = counters_.handlers[insn.form.row];
    const u64 interpreted = counters_.instructionsInterpreted;
    Outcome out;
    ASSERT_TRUE(engine_->run({&made.c, 1}, {&out, 1}));
    const tcg::HandlerCalls& after = counters_.handlers[insn.form.row];
    const u64 stop = endOf(made.c, out);
    Ways& ways = rows[{insn.form.row, insn.form.shape}];
    if (after.slow != before.slow) ++ways.slow;
    const bool done = stop < begin || stop >= end;
    const bool own = after.slow == before.slow && after.whole == before.whole;
    if (done && own && counters_.instructionsInterpreted == interpreted) ++ways.shortWay;
  }

 private:
  Counters counters_;
  std::unique_ptr<Engine> engine_;
};

constexpr u64 kCases = 300000;
constexpr unsigned kOften = 5;  // of rows that are seldom lowered too little is seen

// What touches memory before a case is the one; the others' slow path is also that of a target whose code has not run yet.
bool isLeftOut(const tcg::isa::Row& row) {
  static constexpr std::string_view kOthers[] = {"Ret", "Call", "Jmp"};
  return std::string_view(row.encoding) == "A0" || std::ranges::count(kOthers, std::string_view(row.semName));
}

Rows waysIn(World world) {
  Watch watch;
  Rows rows;
  const auto run = [&](const auto& generator) {
    GeneratedCase made;
    for (u64 n = 0; n < kCases; ++n)
      if (caseTouches(5, n)) generator.at(n, made), watch.run(made, rows);
  };
  if (world == World::System)
    run(SystemGenerator::create({.seed = 5, .target = watch.target(world), .only = {}, .touched = true})
            .value());
  else
    run(Generator::create({.seed = 5, .target = watch.target(world), .only = {}, .touched = true}).value());
  return rows;
}

class Hits : public testing::TestWithParam<World> {};

TEST_P(Hits, AreThereForEveryRow) {
  unsigned judged = 0;
  for (const auto& [key, ways] : waysIn(GetParam())) {
    const tcg::isa::Row& row = tcg::isa::allRows()[key.first];
    if (ways.slow < kOften || isLeftOut(row)) continue;
    ++judged;
    EXPECT_GT(ways.shortWay, 0u) << row.mnemonic << ' ' << row.operandText << " (" << row.encoding << ")";
  }
  EXPECT_GT(judged, 100u);
}

INSTANTIATE_TEST_SUITE_P(Worlds, Hits, testing::Values(World::User64, World::User32, World::System));

}  // namespace
}  // namespace duet::diff
