#include "cpu-kvm/vcpu/kvm_backend.h"

#include "core/base/assert.h"
#include "core/base/log.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/api/kick_signal.h"
#include "cpu-kvm/caps/guest_cpuid.h"
#include "cpu-kvm/caps/probes.h"
#include "cpu-kvm/convert/msrs.h"

namespace duet::kvm {
namespace {

// Four pages that no board uses, between the I/O and local APICs and the firmware.
constexpr u64 kIdentityMap = 0xfeffc000, kTss = 0xfeffd000;

constexpr u64 kMcgCapability = 10 | 1u << 8;  // banks; IA32_MCG_CTL is there

struct Needed {
  int capability;
  const char* name;
};
constexpr Needed kNeeded[] = {{KVM_CAP_USER_MEMORY, "USER_MEMORY"},
                              {KVM_CAP_SET_TSS_ADDR, "SET_TSS_ADDR"},
                              {KVM_CAP_EXT_CPUID, "EXT_CPUID"},
                              {KVM_CAP_VCPU_EVENTS, "VCPU_EVENTS"},
                              {KVM_CAP_DEBUGREGS, "DEBUGREGS"},
                              {KVM_CAP_XSAVE, "XSAVE"},
                              {KVM_CAP_XCRS, "XCRS"},
                              {KVM_CAP_IMMEDIATE_EXIT, "IMMEDIATE_EXIT"},
                              {KVM_CAP_SREGS2, "SREGS2"}};

// The ranges of KVM_X86_SET_MSR_FILTER are bitmaps; a clear bit is an exit.
u8 nothingAllowed[1] = {0};

kvm_msr_filter_range denied(u32 index) {
  kvm_msr_filter_range range{};
  range.flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE;
  range.base = index;
  range.nmsrs = 1;
  range.bitmap = nothingAllowed;
  return range;
}

struct HostFacts {
  bool exactStep, debugRegisters, hardwareBreakpoints, xsetbv;
};

// Probed once a process.
const HostFacts& hostFacts(const System& system) {
  const auto works = [&](std::string_view probe) { return runProbe(system, probe).works; };
  static const HostFacts facts{works("exact-step"), works("debug-registers"), works("hw-breakpoints"),
                               works("xsetbv")};
  return facts;
}

}  // namespace

KvmBackend::KvmBackend(System system, Vm vm, WrittenSink wrote)
    : system_(std::move(system)), vm_(std::move(vm)), wrote_(std::move(wrote)) {}
KvmBackend::~KvmBackend() = default;

Result<std::unique_ptr<KvmBackend>> KvmBackend::create(const KvmSettings& settings) {
  auto system = System::open();
  if (!system) return tl::unexpected(system.error());
  return create(std::move(*system), settings);
}

Result<std::unique_ptr<KvmBackend>> KvmBackend::create(System system, const KvmSettings& settings) {
  for (const Needed& n : kNeeded)
    if (!system.extension(n.capability))
      return fail("{}: this host kernel's KVM lacks {}; use a newer kernel or -accel tcg", System::kDevice,
                  n.name);
  auto vm = system.createVm();
  if (!vm) return tl::unexpected(vm.error());
  std::unique_ptr<KvmBackend> backend(new KvmBackend(std::move(system), std::move(*vm), settings.wrote));
  if (auto ok = backend->prepare(settings); !ok) return tl::unexpected(ok.error());
  installKickSignal();
  return backend;
}

Result<> KvmBackend::makeChips(const KvmSettings& settings) {
  if (settings.irqchip == IrqchipMode::Off) return {};
  auto chips = KernelChips::create(vm_, settings.irqchip);
  if (!chips && !settings.irqchipOrOff) return tl::unexpected(chips.error());
  if (chips) chips_ = std::move(*chips);
  return {};
}

Result<> KvmBackend::makeRings(const KvmSettings& settings) {
  if (!settings.dirtyRing) return {};
  auto rings = DirtyRings::create(vm_, settings.dirtyRing);
  if (!rings) return tl::unexpected(rings.error());
  rings_ = std::move(*rings);
  return {};
}

Result<> KvmBackend::setHaltPoll(const KvmSettings& settings) {
  if (!settings.haltPollNs) return {};
  if (vm_.extension(KVM_CAP_HALT_POLL) <= 0)
    return fail("-accel kvm,halt-poll-ns: this host kernel's KVM has no HALT_POLL; leave the option out");
  return vm_.enableCapability(KVM_CAP_HALT_POLL, *settings.haltPollNs);
}

Result<> KvmBackend::keepExits(const KvmSettings& settings) {
  if (!settings.keptExits.any()) return {};
  const auto mask = exitMask(settings.keptExits, static_cast<u64>(vm_.extension(KVM_CAP_X86_DISABLE_EXITS)));
  if (!mask) return tl::unexpected(mask.error());
  keptExits_ = *mask;
  return vm_.enableCapability(KVM_CAP_X86_DISABLE_EXITS, *mask);
}

// MSRs of the local APIC come to the machine's own model: the ones a filter can name, and the x2APIC's, which the kernel
// does not know without an APIC of its own.
void KvmBackend::takeApicMsrs() {
  const kvm_msr_filter_range ours[] = {denied(kMsrApicBase), denied(kMsrTscDeadline)};
  apicMsrs_ = vm_.setMsrFilter(ours).has_value();
}

Result<> KvmBackend::prepare(const KvmSettings& settings) {
  if (auto ok = makeChips(settings); !ok) return ok;
  if (auto ok = setHaltPoll(settings); !ok) return ok;
  if (auto ok = keepExits(settings); !ok) return ok;
  if (auto ok = makeRings(settings); !ok) return ok;
  apicMsrs_ = chips_ && vm_.extension(KVM_CAP_TSC_DEADLINE_TIMER) > 0;
  auto supported = system_.supportedCpuid();
  if (!supported) return tl::unexpected(supported.error());
  supported_ = std::move(*supported);
  if (auto ok = vm_.setHelperPages(kTss, kIdentityMap); !ok) return ok;
  if (vm_.extension(KVM_CAP_EXCEPTION_PAYLOAD) > 0) {
    if (auto ok = vm_.enableCapability(KVM_CAP_EXCEPTION_PAYLOAD, 1); !ok) return ok;
  }
  constexpr u64 kReasons =
      KVM_MSR_EXIT_REASON_FILTER | KVM_MSR_EXIT_REASON_UNKNOWN | KVM_MSR_EXIT_REASON_INVAL;
  if (vm_.extension(KVM_CAP_X86_USER_SPACE_MSR) > 0 && vm_.extension(KVM_CAP_X86_MSR_FILTER) > 0 &&
      vm_.enableCapability(KVM_CAP_X86_USER_SPACE_MSR, kReasons) && !chips_)
    takeApicMsrs();
  facts_.xsave = hostXsaveLayout(supported_);
  if (const int size = vm_.extension(KVM_CAP_XSAVE2); size > 0) {
    facts_.xsave2 = true;
    facts_.xsave.size = std::max(facts_.xsave.size, static_cast<u32>(size));
  }
  constexpr int kAddressSpaces = 2;
  facts_.smm =
      vm_.extension(KVM_CAP_X86_SMM) > 0 && vm_.extension(KVM_CAP_MULTI_ADDRESS_SPACE) >= kAddressSpaces;
  const HostFacts& host = hostFacts(system_);
  facts_.exactStep = host.exactStep && !(keptExits_ & KVM_X86_DISABLE_EXITS_HLT);  // they stop at HLTs
  facts_.debugRegisters = host.debugRegisters;
  facts_.hardwareBreakpoints = host.hardwareBreakpoints;
  facts_.syncRegisters = VcpuFd::canSync(vm_.extension(KVM_CAP_SYNC_REGS));
  facts_.blockStepInterrupts = vm_.extension(KVM_CAP_SET_GUEST_DEBUG2) & KVM_GUESTDBG_BLOCKIRQ;
  return {};
}

EngineCaps KvmBackend::caps() const {
  EngineCaps caps;
  caps.exactBudget = caps.exactStep = facts_.exactStep;
  caps.countsInstructions = false;
  caps.features = offeredFeatures(
      supported_,
      {.apicMsrs = apicMsrs_, .kernelApics = chips_ != nullptr, .xcr0Seen = hostFacts(system_).xsetbv});
  // A guest whose HLT is the processor's own cannot be woken by a hypercall (KVM API 7.13).
  if (keptExits_ & KVM_X86_DISABLE_EXITS_HLT) caps.features.remove(Feature::KvmPvUnhalt);
  if ((keptExits_ & KVM_X86_DISABLE_EXITS_MWAIT) && hostFeatures().has(Feature::Monitor))
    caps.features.add(Feature::Monitor);
  caps.description = "the host kernel's KVM";
  return caps;
}

// An MSR is the kernel's when it can be read, and written as after reset; the others are kept by the vCPU.
void KvmBackend::learnFacts(VcpuFd& vcpu) {
  facts_.tscOffset = vcpu.hasTscOffset();
  CpuState reset = resetState(true);
  for (const u32 index : convertedMsrs()) {
    kvm_msr_entry entry{index, 0, 0};
    const auto read = vcpu.getMsrs({&entry, 1});
    if (!read || *read != 1) continue;
    entry.data = *msrMember(reset.msr, index);
    const auto written = vcpu.setMsrs({&entry, 1});
    if (written && *written == 1) facts_.msrs.push_back(index);
  }
  factsKnown_ = true;
}

Result<> KvmBackend::makeSlots(const VcpuEnv& env) {
  slots_ = std::make_unique<MemorySlots>(vm_, ram_, env.physical, nullptr, false, wrote_, rings_.get());
  facts_.dirty = slots_.get();
  if (auto ok = slots_->update(); !ok) return ok;
  writes_ = WaitingWrites::create(vm_, env.physical, env.ports);
  facts_.writes = writes_.get();
  if (writes_)
    if (auto ok = writes_->update(); !ok) return ok;
  if (!facts_.smm) return {};
  const AddressSpace* above = env.smm ? &env.smm->code : nullptr;
  smmSlots_ = std::make_unique<MemorySlots>(vm_, ram_, env.physical, above, true, wrote_, rings_.get());
  slots_->include(*smmSlots_);
  return smmSlots_->update();
}

Result<std::unique_ptr<Vcpu>> KvmBackend::createVcpu(const VcpuEnv& env) {
  const std::lock_guard lock(mutex_);
  if (!slots_) {
    if (auto ok = makeSlots(env); !ok) return tl::unexpected(ok.error());
  }
  DUET_ASSERT(!chips_ || (env.chips && env.apicModel));
  auto fd = vm_.createVcpu(env.model.apicId(env.index));
  if (!fd) return tl::unexpected(fd.error());
  if (rings_)
    if (auto ok = rings_->add(*fd); !ok) return tl::unexpected(ok.error());
  if (auto ok = fd->setCpuid(guestCpuid(env.model, env.index, facts_.xsave)); !ok)
    return tl::unexpected(ok.error());
  if (vm_.extension(KVM_CAP_ENFORCE_PV_FEATURE_CPUID) > 0)
    if (auto ok = fd->enforceParavirtualCpuid(); !ok) return tl::unexpected(ok.error());
  if (env.model.has(Feature::Mca))
    if (auto ok = fd->setUpMachineCheck(kMcgCapability); !ok) return tl::unexpected(ok.error());
  if (!factsKnown_) learnFacts(*fd);
  auto vcpu = std::make_unique<KvmVcpu>(env, std::move(*fd), facts_, ram_, clock_, chips_.get());
  if (auto ok = vcpu->loadState(resetState(env.index == 0)); !ok) return tl::unexpected(ok.error());
  return vcpu;
}

void KvmBackend::memoryMapChanged() {
  const std::lock_guard lock(mutex_);
  for (MemorySlots* slots : {slots_.get(), smmSlots_.get()}) {
    if (!slots) continue;
    if (auto ok = slots->update(); !ok) log(LogChannel::Error, "{}", ok.error().message);
  }
  if (!writes_) return;
  if (auto ok = writes_->update(); !ok) log(LogChannel::Error, "{}", ok.error().message);
}

}  // namespace duet::kvm
