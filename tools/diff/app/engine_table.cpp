#include "tools/diff/app/engine_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "core/base/suggest.h"
#include "cpu-kvm/caps/probes.h"
#include "cpu-kvm/vcpu/kvm_backend.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/region/regions.h"
#include "tools/diff/engine/vcpu_engine.h"
#include "tools/diff/host/host_engine.h"
#include "tools/diff/host/host_processor.h"
#include "tools/diff/qemu/qemu_engine.h"
#include "tools/diff/vectors/recorded_engine.h"

namespace duet::diff {
namespace {

Result<std::unique_ptr<CpuBackend>> interpBackend(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(ram);
}

Result<std::unique_ptr<Engine>> makeInterp(const EngineSettings& settings) {
  return VcpuEngine::make({.name = "interp", .cpu = settings.cpu}, interpBackend);
}

// Every block compiled at once: cases are short.
Result<std::unique_ptr<CpuBackend>> baselineBackend(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(ram, tcg::baseline::tierFactory({.threshold = 1}));
}

Result<std::unique_ptr<Engine>> makeBaseline(const EngineSettings& settings) {
  return VcpuEngine::make({.name = "baseline", .cpu = settings.cpu}, baselineBackend);
}

// Every block a region besides.
Result<std::unique_ptr<CpuBackend>> llvmBackend(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(
      ram, tcg::baseline::tierFactory(
               {.threshold = 1, .hot = tcg::region::regionFactory(tcg::region::everything())}));
}

Result<std::unique_ptr<Engine>> makeLlvm(const EngineSettings& settings) {
  return VcpuEngine::make({.name = "llvm", .cpu = settings.cpu}, llvmBackend);
}

// For whole guests: what runs again and again.
Result<std::unique_ptr<CpuBackend>> pinnedLlvmBackend(mmu::Ram& ram) {
  return std::make_unique<tcg::TcgBackend>(
      ram, tcg::baseline::tierFactory({.hot = tcg::region::regionFactory(tcg::region::pinned())}));
}

Result<std::unique_ptr<Engine>> makeHost(const EngineSettings&) { return makeHostEngine(); }

Result<std::unique_ptr<Engine>> makeQemu(const EngineSettings&) { return makeQemuEngine(); }

// A software KVM delivers exceptions in ways of its own, so its answers say nothing of the processor: it must pass the probes.
Result<std::unique_ptr<Engine>> makeKvm(const EngineSettings& settings) {
  auto system = kvm::System::open();
  if (!system) return tl::unexpected(system.error());
  if (auto whole = kvm::runsWholePc(*system); !whole) return tl::unexpected(whole.error());
  const bool qemu = host::isQemuProcessor();
  const SystemQuirks quirks{.taskAsAvailable = qemu, .noAccessChecks = qemu, .noLongModeSwitch = qemu};
  return VcpuEngine::make({.name = "kvm",
                           .cpu = settings.cpu,
                           .countsSteps = false,
                           .quirks = quirks,
                           .processor = host::processorName() + ", by KVM"},
                          [](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
                            kvm::KvmSettings s;
                            s.wrote = [&ram](const u8* host, u64 length) { ram.noteWrite(host, length); };
                            auto engine = kvm::KvmBackend::create(s);
                            if (!engine) return tl::unexpected(engine.error());
                            return std::unique_ptr<CpuBackend>(std::move(*engine));
                          });
}

Result<std::unique_ptr<Engine>> makeRecorded(const EngineSettings& settings) {
  if (settings.vectors.empty()) return fail("the engine \"recorded\" needs -vectors FILE");
  auto file = VectorFile::read(settings.vectors);
  if (!file) return tl::unexpected(file.error());
  return std::make_unique<RecordedEngine>(std::make_shared<VectorFile>(std::move(*file)));
}

constexpr EngineEntry kEngines[] = {
    {"interp", "duet's interpreter", makeInterp, interpBackend},
    {"baseline", "duet's baseline translator", makeBaseline, baselineBackend},
    {"llvm", "duet's translator, with what is hot compiled by LLVM (in cases: every block)", makeLlvm,
     pinnedLlvmBackend},
    {"host", "this computer's processor, in a sandboxed process (user worlds)", makeHost},
    {"kvm", "this computer's processor by KVM, where that is a real one", makeKvm},
    {"qemu", "the processor that Debian's QEMU emulates (user worlds)", makeQemu},
    {"recorded", "a processor's recorded answers (-vectors)", makeRecorded},
};

template <class Fit>
Result<const EngineEntry*> findEngine(std::string_view name, Fit&& fits) {
  std::vector<std::string_view> names;
  for (const EngineEntry& e : kEngines) {
    if (!fits(e)) continue;
    if (e.name == name) return &e;
    names.push_back(e.name);
  }
  if (std::ranges::find(kEngines, name, &EngineEntry::name) != std::end(kEngines))
    return fail("the engine \"{}\" cannot do this: there is {}", name, fmt::join(names, ", "));
  return fail("there is no engine \"{}\"{}; -help lists them", name, didYouMean(name, names));
}

}  // namespace

std::span<const EngineEntry> engineTable() { return kEngines; }

Result<std::unique_ptr<Engine>> makeEngine(std::string_view name, const EngineSettings& settings) {
  const auto entry = findEngine(name, [](const EngineEntry&) { return true; });
  if (!entry) return tl::unexpected(entry.error());
  return (*entry)->make(settings);
}

Result<BackendFactory> findBackend(std::string_view name) {
  const auto entry = findEngine(name, [](const EngineEntry& e) { return e.backend != nullptr; });
  if (!entry) return tl::unexpected(entry.error());
  return (*entry)->backend;
}

}  // namespace duet::diff
