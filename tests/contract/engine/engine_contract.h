// What every CPU engine promises (core/cpu/cpu_backend.h), as programs small enough to read.
#pragma once

#include <span>
#include <string>

#include "tests/contract/engine/engine_rig.h"

namespace duet::test {

// Collects what went against the contract; empty means the case passed.
class Report {
 public:
  template <class A, class B>
  void equal(const char* what, const A& found, const B& expected) {
    if (!(found == expected)) add(what, static_cast<long long>(found), static_cast<long long>(expected));
  }
  void isTrue(const char* what, bool ok) {
    if (!ok) text_ += std::string(what) + "; ";
  }
  const std::string& text() const { return text_; }

 private:
  void add(const char* what, long long found, long long expected);
  std::string text_;
};

struct ContractCase {
  const char* name;
  void (*run)(EngineRig&, Report&);
  // What the host must be able to do for it, beside real mode, by the names of KVM's probes (cpu-kvm/caps/probes.h),
  // separated by spaces.
  std::string_view needs = {};
  unsigned engines = 1;  // 2: hands over to EngineRig::second()
};

std::span<const ContractCase> engineContract();
// Parts of it; the first is what concerns debuggers.
std::span<const ContractCase> debugContract();
std::span<const ContractCase> smmContract();
std::span<const ContractCase> stepContract();
std::span<const ContractCase> timeContract();

// Runs one case on a fresh machine; the text of what went wrong, or empty. The second engine is of another kind if `second`
// is given.
std::string runContractCase(const ContractCase& c, const EngineFactory& factory,
                            u64 budget = EngineRig::kBudget, const EngineFactory& second = {});

}  // namespace duet::test
