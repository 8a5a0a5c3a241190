#include "tests/diff/planted/planted_engine.h"

#include "cpu-tcg/interp/tcg_backend.h"

namespace duet::diff::planted {
namespace {

class PlantedVcpu final : public Vcpu {
 public:
  PlantedVcpu(std::unique_ptr<Vcpu> inner, const VcpuEnv& env, Act act, bool system)
      : inner_(std::move(inner)), env_(env), act_(act), system_(system) {}

  VcpuExit run(const RunBudget& budget) override {
    VcpuExit all{.reason = ExitReason::Budget};
    while (all.steps < budget.steps && all.reason == ExitReason::Budget) {
      const VcpuExit one = step(StepEvents::Take);
      all.reason = one.reason;
      all.message = one.message;
      all.instructions += one.instructions;
      ++all.steps;
    }
    return all;
  }

  VcpuExit step(StepEvents events) override {
    Moment moment(*inner_, env_);
    const bool stopped =
        moment.before.activity != Activity::Running || moment.before.pending.type != EventType::None;
    if (stopped || (!system_ && !moment.isUser())) return inner_->step(events);
    if (behindAt_ == codeAddress(moment.before).value) moment.stale = behind_;
    behindAt_ = codeAddress(moment.before).value + moment.insn.length;
    behind_ = moment.bytesAt(behindAt_, 15);
    act_(moment);
    CpuState now;
    inner_->saveState(now);
    if (!(now == moment.after))
      if (auto loaded = inner_->loadState(moment.after); !loaded)
        return {.reason = ExitReason::EngineFault, .message = loaded.error().message};
    return moment.exit;
  }

  void requestExit() override { inner_->requestExit(); }
  void saveState(CpuState& out) override { inner_->saveState(out); }
  Result<> loadState(const CpuState& in) override {
    behindAt_ = ~u64{0};
    return inner_->loadState(in);
  }
  void setDebug(const DebugControls& controls) override { inner_->setDebug(controls); }
  std::optional<Gpa> translate(LinearAddr address) override { return inner_->translate(address); }

 private:
  std::unique_ptr<Vcpu> inner_;
  VcpuEnv env_;
  Act act_;
  bool system_;
  u64 behindAt_ = ~u64{0};
  std::vector<u8> behind_;  // what lay behind the last instruction before it ran
};

class PlantedBackend final : public CpuBackend {
 public:
  PlantedBackend(mmu::Ram& ram, Act act, bool system) : inner_(ram), act_(act), system_(system) {}
  std::string_view name() const override { return "planted"; }
  EngineCaps caps() const override { return inner_.caps(); }
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override {
    auto made = inner_.createVcpu(env);
    if (!made) return made;
    return std::make_unique<PlantedVcpu>(std::move(*made), env, act_, system_);
  }
  void setActive(bool active) override { inner_.setActive(active); }
  void memoryMapChanged() override { inner_.memoryMapChanged(); }
  void codeModified(Gpa address, u64 length) override { inner_.codeModified(address, length); }
  DirtyTracker* dirtyTracker() override { return inner_.dirtyTracker(); }
  EngineEvents* events() override { return inner_.events(); }

 private:
  tcg::TcgBackend inner_;
  Act act_;
  bool system_;
};

}  // namespace

Result<std::unique_ptr<Engine>> makePlanted(Act act, bool system) {
  return VcpuEngine::make({.name = "planted"}, [=](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
    return std::make_unique<PlantedBackend>(ram, act, system);
  });
}

Result<std::unique_ptr<Engine>> makeSound() {
  return VcpuEngine::make({.name = "interp"}, [](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
    return std::make_unique<tcg::TcgBackend>(ram);
  });
}

}  // namespace duet::diff::planted
