#include "tools/diff/qemu/qemu_engine.h"

#include <cpuid.h>
#include <fmt/format.h>

#include <cstring>
#include <utility>
#include <vector>

#include "core/cpu/feature_bits.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/host/case_codec.h"
#include "tools/diff/host/shared_layout.h"
#include "tools/diff/qemu/answer.h"
#include "tools/diff/qemu/machine.h"

namespace duet::diff {
namespace {

using namespace qemu;

class QemuEngine : public Engine {
 public:
  explicit QemuEngine(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}

  std::string_view name() const override { return "qemu"; }
  const EngineAbilities& abilities() const override { return abilities_; }
  Result<> run(std::span<const Case> cases, std::span<Outcome> outcomes) override;
  Result<> learnAbilities(std::string version);

 private:
  size_t encodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes, size_t from);
  size_t decodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes);
  Result<> replace(Machine::End end, std::span<Outcome> outcomes, size_t& done);

  std::unique_ptr<Machine> machine_;
  EngineAbilities abilities_;
  std::vector<size_t> batch_;  // those in the shared memory
  size_t suspect_ = 0;         // of this run: did not come back when a QEMU died
};

void refuse(Outcome& outcome, std::string why) {
  outcome = {};
  outcome.why = std::move(why);
}

// Cases from `from` on that share a memory and fit; those that cannot be run are refused. Returns the first after them.
size_t QemuEngine::encodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes, size_t from) {
  u8* to = machine_->cases();
  u64 room = host::kCasesSize;
  batch_.clear();
  for (; from < cases.size(); ++from) {
    const Case& c = cases[from];
    if (c.world == World::System) {
      refuse(outcomes[from], "qemu does not run this world");
      continue;
    }
    if (c.memory != machine_->pages().memory() || !c.memory) {
      if (!batch_.empty()) break;
      if (std::string wrong = machine_->setMemory(c.memory); !wrong.empty()) {
        refuse(outcomes[from], std::move(wrong));
        continue;
      }
    }
    if (std::string why = host::unfit(c, machine_->pages()); !why.empty()) {
      refuse(outcomes[from], std::move(why));
      continue;
    }
    const u64 size = host::encode(c, machine_->pages(), to, room);
    if (size == 0) break;
    to += size;
    room -= size;
    batch_.push_back(from);
  }
  return from;
}

// How many outcomes of the batch were sound.
size_t QemuEngine::decodeBatch(std::span<const Case> cases, std::span<Outcome> outcomes) {
  const size_t count = std::min<size_t>(machine_->answered(), batch_.size());
  const u8* from = machine_->answers();
  const u8* const end = from + (QEMU_RAM_SIZE - QEMU_ANSWERS);
  for (size_t i = 0; i < count; ++i) {
    from = readAnswer(cases[batch_[i]], machine_->pages(), from, end, outcomes[batch_[i]]);
    if (!from) return i;
  }
  return count;
}

// A new QEMU. The case that has ended the former gets a second chance, as something else may have done it.
Result<> QemuEngine::replace(Machine::End end, std::span<Outcome> outcomes, size_t& done) {
  if (done < batch_.size()) {
    Outcome& outcome = outcomes[batch_[done]];
    if (end == Machine::End::Stuck) {
      outcome = {};
      outcome.ending = Ending::Steps;
      ++done;
    } else if (std::exchange(suspect_, batch_[done]) == batch_[done]) {
      refuse(outcome,
             end == Machine::End::Died ? "QEMU ended: " + machine_->whyDied() : "it damages the guest");
      ++done;
    }
  }
  return machine_->restart();
}

Result<> QemuEngine::run(std::span<const Case> cases, std::span<Outcome> outcomes) {
  suspect_ = ~size_t{0};
  for (size_t next = 0; next < cases.size();) {
    next = encodeBatch(cases, outcomes, next);
    if (batch_.empty()) continue;
    const Machine::End end = machine_->run(static_cast<u32>(batch_.size()));
    size_t done = decodeBatch(cases, outcomes);
    const bool damaged = done < std::min<size_t>(machine_->answered(), batch_.size());
    if (end != Machine::End::Done || damaged || done == 0) {
      if (auto ok = replace(end, outcomes, done); !ok) return ok;
    }
    // What there was no room for, or what came after the end, runs with the next batch.
    if (done < batch_.size()) next = batch_[done];
  }
  return {};
}

// CPUID of the guest, asked by a case.
Result<CpuidResult> guestCpuid(Engine& engine, const std::shared_ptr<const Memory>& memory, u32 leaf,
                               u32 subleaf) {
  Case c;
  c.memory = memory;
  c.start = userState(World::User64);
  c.start.rip = memory->pages[0].address;
  c.start.gpr[kRax] = leaf;
  c.start.gpr[kRcx] = subleaf;
  Outcome o;
  if (auto ok = engine.run({&c, 1}, {&o, 1}); !ok) return tl::unexpected(ok.error());
  if (o.ending != Ending::Exception || o.after.rip != c.start.rip + 3)
    return fail("qemu engine: user code does not run in its guest: {}",
                o.why.empty() ? fmt::format("vector {}", o.exception.vector) : o.why);
  const auto& r = o.after.gpr;
  return CpuidResult{static_cast<u32>(r[kRax]), static_cast<u32>(r[kRbx]), static_cast<u32>(r[kRcx]),
                     static_cast<u32>(r[kRdx])};
}

Result<> QemuEngine::learnAbilities(std::string version) {
  auto memory = std::make_shared<Memory>();
  memory->pages.resize(1);
  memory->pages[0].address = 0x10000000;
  memory->pages[0].access = PageAccess::ReadExecute;
  memory->pages[0].bytes.fill(0xcc);
  memory->pages[0].bytes[0] = 0x0f;
  memory->pages[0].bytes[1] = 0xa2;
  Result<> failed;
  abilities_.features = featuresShown([&](u32 leaf, u32 subleaf) {
    CpuidResult shown;
    for (const u32 asked : {leaf & 0x80000000u, leaf}) {  // the last leaf there is; then the one
      auto r = guestCpuid(*this, memory, asked, asked == leaf ? subleaf : 0);
      if (!r) return failed = tl::unexpected(r.error()), CpuidResult{};
      if (asked != leaf && r->eax < leaf) return CpuidResult{};
      shown = *r;
    }
    return shown;
  });
  if (!failed) return failed;
  const FeatureSet& f = abilities_.features;
  u64 cr4 = kCr4Osxsave, xcr0 = kXcr0X87 | kXcr0Sse;
  if (f.has(Feature::Fsgsbase)) cr4 |= kCr4Fsgsbase;
  if (f.has(Feature::Umip)) cr4 |= kCr4Umip;
  if (f.has(Feature::Avx)) xcr0 |= kXcr0Avx;
  machine_->setFeatures(cr4, xcr0);
  auto maker = guestCpuid(*this, memory, 0, 0);
  if (!maker) return tl::unexpected(maker.error());
  abilities_.vendor = maker->ebx == signature_AMD_ebx ? CpuVendor::Amd : CpuVendor::Intel;
  abilities_.user64 = abilities_.user32 = true;
  abilities_.processor = std::move(version) + ", -cpu max";
  return {};
}

CpuVendor hostVendor() {
  u32 a = 0, b = 0, c = 0, d = 0;
  __cpuid(0, a, b, c, d);
  return b == signature_INTEL_ebx ? CpuVendor::Intel : CpuVendor::Amd;
}

}  // namespace

Result<std::unique_ptr<Engine>> makeQemuEngine() {
  auto version = qemuVersion();
  if (!version) return tl::unexpected(version.error());
  auto machine = Machine::create(hostVendor());
  if (!machine) return tl::unexpected(machine.error());
  auto engine = std::make_unique<QemuEngine>(std::move(*machine));
  if (auto ok = engine->learnAbilities(std::move(*version)); !ok) return tl::unexpected(ok.error());
  return engine;
}

}  // namespace duet::diff
