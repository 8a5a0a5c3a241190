#include "cpu-tcg/interp/tcg_backend.h"

#include <algorithm>

#include "core/cpu/kvm_registers.h"
#include "cpu-tcg/interp/tcg_vcpu.h"

namespace duet::tcg {
namespace {

// What the interpreter does itself, on any host; the rest is the host's own instruction and must be there.
constexpr Feature kOwnFeatures[] = {Feature::Fpu,
                                    Feature::Vme,
                                    Feature::De,
                                    Feature::Pse,
                                    Feature::Tsc,
                                    Feature::Msr,
                                    Feature::Pae,
                                    Feature::Mce,
                                    Feature::Cx8,
                                    Feature::Apic,
                                    Feature::Sep,
                                    Feature::Mtrr,
                                    Feature::Pge,
                                    Feature::Mca,
                                    Feature::Cmov,
                                    Feature::Pat,
                                    Feature::Pse36,
                                    Feature::Clflush,
                                    Feature::Fxsr,
                                    Feature::Ss,
                                    Feature::Ht,
                                    Feature::Monitor,
                                    Feature::Cx16,
                                    Feature::X2apic,
                                    Feature::Movbe,
                                    Feature::Popcnt,
                                    Feature::TscDeadline,
                                    Feature::Xsave,
                                    Feature::Rdrand,
                                    Feature::Hypervisor,
                                    Feature::Arat,
                                    Feature::Fsgsbase,
                                    Feature::TscAdjust,
                                    Feature::Smep,
                                    Feature::Erms,
                                    Feature::Invpcid,
                                    Feature::Rdseed,
                                    Feature::Smap,
                                    Feature::Clflushopt,
                                    Feature::Clwb,
                                    Feature::Umip,
                                    Feature::Pku,
                                    Feature::La57,
                                    Feature::Rdpid,
                                    Feature::Fsrm,
                                    Feature::Serialize,
                                    Feature::Xsaveopt,
                                    Feature::Xsavec,
                                    Feature::Xgetbv1,
                                    Feature::Xsaves,
                                    Feature::LahfLm,
                                    Feature::Prefetchw,
                                    Feature::Syscall,
                                    Feature::Nx,
                                    Feature::Pdpe1gb,
                                    Feature::Rdtscp,
                                    Feature::Lm,
                                    Feature::InvariantTsc,
                                    Feature::Clzero,
                                    Feature::Wbnoinvd,
                                    Feature::Pcid,
                                    Feature::SpecCtrl,
                                    Feature::ArchCapabilities,
                                    Feature::Pks,
                                    Feature::FdpExcptnOnly,
                                    Feature::ZeroFcsFds,
                                    Feature::FxsrOpt,
                                    Feature::Xsaveerptr};

constexpr Feature kHostFeatures[] = {
    Feature::Mmx,   Feature::Sse,   Feature::Sse2,        Feature::Sse3,  Feature::Pclmulqdq,
    Feature::Ssse3, Feature::Fma,   Feature::Sse41,       Feature::Sse42, Feature::Aes,
    Feature::Avx,   Feature::F16c,  Feature::Bmi1,        Feature::Avx2,  Feature::Bmi2,
    Feature::Adx,   Feature::ShaNi, Feature::Gfni,        Feature::Vaes,  Feature::Vpclmulqdq,
    Feature::Abm,   Feature::Sse4a, Feature::Misalignsse, Feature::Mmxext};

}  // namespace

TcgBackend::TcgBackend(mmu::Ram& ram, TierFactory tier, interp::HandlerChoice handlerOf,
                       Statistics* statistics)
    : ram_(ram), tier_(std::move(tier)), handlerOf_(handlerOf), statistics_(statistics) {}
TcgBackend::~TcgBackend() = default;

EngineCaps TcgBackend::caps() const {
  EngineCaps caps;
  const FeatureSet host = hostFeatures();
  for (const Feature f : kOwnFeatures) caps.features.add(f);
  for (const Feature f : paravirtualFeatures()) caps.features.add(f);
  for (const Feature f : kHostFeatures) {
    if (host.has(f)) caps.features.add(f);
  }
  caps.description = tier_ ? "baseline translator and interpreter" : "interpreter";
  caps.description += "; vector and x87 instructions run on the host's own units";
  return caps;
}

Result<std::unique_ptr<Vcpu>> TcgBackend::createVcpu(const VcpuEnv& env) {
  const std::lock_guard lock(mutex_);
  if (!stubs_) {
    auto stubs = StubCache::create();
    if (!stubs) return tl::unexpected(stubs.error());
    stubs_ = std::move(*stubs);
  }
  members_.push_back({&env.mailbox, &env.physical});
  tscs_.join(env.index, env.mailbox);
  auto vcpu = std::make_unique<TcgVcpu>(env, ram_, *stubs_, tscs_, handlerOf_);
  if (statistics_) vcpu->countInto(statistics_->add(env.index));
  if (tier_) {
    if (auto ok = vcpu->useTier(tier_, shared_); !ok) return tl::unexpected(ok.error());
  }
  return vcpu;
}

// Whatever ran the guest meanwhile wrote to its RAM without telling, SMRAM and other memory out of view included.
void TcgBackend::setActive(bool active) {
  if (!active) return;
  for (const auto& block : ram_.blocks()) ram_.noteWrite(block->host, block->size);
}

void TcgBackend::memoryMapChanged() {
  const std::lock_guard lock(mutex_);
  for (const Member& m : members_) m.mailbox->post(kMailMemoryMap);
}

void TcgBackend::codeModified(Gpa address, u64 length) {
  const std::lock_guard lock(mutex_);
  if (members_.empty()) return;
  const AddressSpace& physical = *members_.front().physical;
  while (length) {
    const Mapping m = physical.lookup(address.value);
    const u64 left = m.size ? m.size - (address.value - m.base) : length;
    const u64 n = std::min(length, left);
    if (m.host) ram_.noteWrite(m.host + (address.value - m.base), n);
    address += n;
    length -= n;
  }
}

}  // namespace duet::tcg
