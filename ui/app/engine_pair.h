// The engine that runs the guest and the other one, which may take over.
#pragma once

#include <atomic>

#include "ui/app/engine_choice.h"

namespace duet::ui {

// Threads: one, but memoryMapChanged() any.
class EnginePair {
 public:
  // `both`: for switch-after; it is an error when there is no other engine.
  static Result<std::unique_ptr<EnginePair>> choose(const AccelOption& option, EngineMakers makers,
                                                    bool both);

  CpuBackend& first() { return *first_; }
  const std::string& line() const { return line_; }  // EngineChoice::line
  // The guest's CPU: the `cpu` the user asked for, as the first engine can run it. Where the user asked for none, what
  // both engines can, as far as the other is known: the first is kvm, or both had to be found.
  Result<CpuModel> guestCpu(const std::optional<std::string>& cpu) const;
  // The other engine, made when it is first asked for. Fails where there is none, or it lacks a feature of the guest's CPU.
  Result<CpuBackend*> other(const CpuModel& model);

  void memoryMapChanged();
  std::string statistics() const;  // EngineMakers::statistics

 private:
  EnginePair(EngineChoice choice, EngineMakers makers);
  Result<> findOther();

  const EngineMakers makers_;
  const std::string line_;
  const std::unique_ptr<CpuBackend> first_;
  std::unique_ptr<CpuBackend> second_;
  std::atomic<CpuBackend*> listener_{nullptr};  // second_
};

}  // namespace duet::ui
