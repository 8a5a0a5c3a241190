// The engine that runs guests by the kernel's KVM.
#pragma once

#include <memory>
#include <mutex>

#include "core/cpu/cpu_backend.h"
#include "cpu-kvm/api/system.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/caps/kept_exits.h"
#include "cpu-kvm/irqchip/kernel_chips.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"
#include "cpu-kvm/vcpu/memory_slots.h"

namespace duet::kvm {

struct KvmSettings {
  IrqchipMode irqchip = IrqchipMode::Off;
  bool irqchipOrOff = false;  // where the kernel has no such chips, go on without
  // How long a halted vCPU's thread spins before it sleeps; nothing: as the host is set.
  std::optional<u32> haltPollNs = {};
  KeptExits keptExits = {};  // what vCPUs do without leaving guest mode; a HLT among them ends at a pause
  u32 dirtyRing = 0;         // entries of a vCPU's ring of written pages; 0: bitmaps
  // Hears of host memory that guests wrote (DirtyTracker::collect).
  WrittenSink wrote = [](const u8*, u64) {};
};

// One a machine; outlives its vCPUs.
class KvmBackend final : public CpuBackend {
 public:
  // Fails with the reason and the remedy when there is no usable KVM.
  static Result<std::unique_ptr<KvmBackend>> create(System system, const KvmSettings& settings = {});
  static Result<std::unique_ptr<KvmBackend>> create(const KvmSettings& settings = {});  // opens it
  ~KvmBackend() override;

  std::string_view name() const override { return "kvm"; }
  EngineCaps caps() const override;
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override;
  void setActive(bool) override {}
  void memoryMapChanged() override;
  void codeModified(Gpa, u64) override {}  // the processor sees to it
  DirtyTracker* dirtyTracker() override { return slots_.get(); }
  EngineEvents* events() override { return chips_ ? &chips_->events() : &events_; }

 private:
  KvmBackend(System system, Vm vm, WrittenSink wrote);
  Result<> prepare(const KvmSettings& settings);
  Result<> makeChips(const KvmSettings& settings);
  Result<> makeRings(const KvmSettings& settings);
  Result<> setHaltPoll(const KvmSettings& settings);
  Result<> keepExits(const KvmSettings& settings);
  void takeApicMsrs();
  void learnFacts(VcpuFd& vcpu);
  Result<> makeSlots(const VcpuEnv& env);

  System system_;
  Vm vm_;
  const WrittenSink wrote_;
  KernelEvents events_{vm_, nullptr};  // without chips
  VmFacts facts_;
  std::vector<kvm_cpuid_entry2> supported_;
  KvmClock clock_{vm_};
  std::unique_ptr<KernelChips> chips_;  // null: all are the machine's models
  bool apicMsrs_ = false;               // x2APIC and TSC deadline can be offered
  u64 keptExits_ = 0;                   // KVM_X86_DISABLE_EXITS_
  bool factsKnown_ = false;
  std::mutex mutex_;  // createVcpu
  GuardedRam ram_;
  std::unique_ptr<DirtyRings> rings_;
  std::unique_ptr<MemorySlots> slots_, smmSlots_;  // with the first vCPU
  std::unique_ptr<WaitingWrites> writes_;          // the same
};

}  // namespace duet::kvm
