// Several vCPUs of one machine, each on a thread of its own.
#pragma once

#include <thread>

#include "tests/unit/baseline/rig.h"

namespace duet::test {

// `Rig`: BaselineRig, or one that is made from it. Its own vCPU is the first.
template <class Rig>
class Several : public Rig {
 public:
  template <class... Options>
  explicit Several(unsigned count, const Options&... options) : Rig(options...) {
    tiers_.push_back(this->tier);
    for (unsigned i = 1; i < count; ++i) {
      Peer& p = *peers_.emplace_back(std::make_unique<Peer>());
      auto made = this->engine->createVcpu(
          {i, this->memory, this->physical, this->ports, p.interrupts, p.mailbox, this->clock, *this->model});
      EXPECT_TRUE(made);
      p.vcpu = std::move(*made);
      tiers_.push_back(this->tier);
    }
  }
  Vcpu& cpu(unsigned i) { return i ? *peers_[i - 1]->vcpu : *this->vcpu; }
  tcg::baseline::Translator& tierOf(unsigned i) { return *tiers_[i]; }
  CpuState stateOf(unsigned i) {
    CpuState s;
    cpu(i).saveState(s);
    return s;
  }

  // All of them at once, each from its state on until it halts. The instructions that each ran.
  std::vector<u64> runAll(const std::vector<CpuState>& states, u64 budget = u64{1} << 40) {
    std::vector<u64> ran(states.size());
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < states.size(); ++i) {
      EXPECT_TRUE(cpu(i).loadState(states[i]));
      threads.emplace_back([this, i, budget, &ran] {
        const VcpuExit exit = cpu(i).run({budget});
        EXPECT_EQ(exit.reason, ExitReason::Halt) << "vCPU " << i;
        ran[i] = exit.instructions;
      });
    }
    for (std::thread& t : threads) t.join();
    return ran;
  }

 private:
  struct Peer {
    VcpuMailbox mailbox;
    FakeInterrupts interrupts{mailbox};
    std::unique_ptr<Vcpu> vcpu;
  };
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<tcg::baseline::Translator*> tiers_;
};

}  // namespace duet::test
