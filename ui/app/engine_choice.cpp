#include "ui/app/engine_choice.h"

#include <algorithm>

#include "core/base/log.h"
#include "cpu-kvm/caps/probes.h"
#include "cpu-kvm/vcpu/kvm_backend.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/inspect/code_log.h"
#include "cpu-tcg/inspect/code_sinks.h"
#include "cpu-tcg/inspect/gdb_jit.h"
#include "cpu-tcg/inspect/jit_dump.h"
#include "cpu-tcg/inspect/perf_map.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/region/module.h"
#include "cpu-tcg/region/regions.h"

namespace duet::ui {
namespace {

kvm::KvmSettings kvmSettings(mmu::Ram& ram, const AccelOption& option) {
  const kvm::IrqchipMode irqchip = option.kernelIrqchip == "off"  ? kvm::IrqchipMode::Off
                                   : option.kernelIrqchip == "on" ? kvm::IrqchipMode::On
                                                                  : kvm::IrqchipMode::Split;
  return {.irqchip = irqchip,
          .irqchipOrOff = option.kernelIrqchip.empty(),
          .haltPollNs = option.haltPollNs,
          .keptExits = {.all = option.cpuPm, .names = option.disableExits},
          .dirtyRing = option.dirtyRing,
          .wrote = [&ram](const u8* host, u64 length) { ram.noteWrite(host, length); }};
}

Result<std::unique_ptr<CpuBackend>> makeKvm(const kvm::KvmSettings& settings) {
  auto system = kvm::System::open();
  if (!system) return tl::unexpected(system.error());
  if (auto ok = kvm::runsWholePc(*system); !ok) return tl::unexpected(ok.error());
  auto engine = kvm::KvmBackend::create(std::move(*system), settings);
  if (!engine) return tl::unexpected(engine.error());
  return std::unique_ptr<CpuBackend>(std::move(*engine));
}

// What is to hear of compiled code.
Result<> openSinks(const AccelOption& option, tcg::CodeSinks& sinks) {
  if (logEnabled(LogChannel::Jit) || logEnabled(LogChannel::OutAsm))
    sinks.add(std::make_unique<tcg::CodeLog>());
  if (option.perfMap) {
    auto map = tcg::PerfMap::create(tcg::PerfMap::defaultPath());
    if (!map) return tl::unexpected(map.error());
    sinks.add(std::move(*map));
  }
  if (option.jitDump) {
    auto dump = tcg::JitDump::create(tcg::JitDump::defaultPath());
    if (!dump) return tl::unexpected(dump.error());
    sinks.add(std::move(*dump));
  }
  if (option.gdbJit) sinks.add(std::make_unique<tcg::GdbJit>());
  return {};
}

std::vector<std::string> expanded(const std::vector<std::string>& engines) {
  std::vector<std::string> names;
  for (const std::string& name : engines) {
    if (name == "auto")
      names.insert(names.end(), {"kvm", "tcg"});
    else
      names.push_back(name);
  }
  return names;
}

}  // namespace

namespace {

// Null, and a line, where it cannot be used: the guest runs without.
std::shared_ptr<tcg::cache::CodeCache> openCache(const std::string& folder) {
  if (folder.empty()) return {};
  auto cache = tcg::cache::CodeCache::open(folder, tcg::region::compilerIdentity());
  if (cache) return std::move(*cache);
  log(LogChannel::Warn, "-accel tcg,cache: {}; compiled code is not kept", cache.error().message);
  return {};
}

// By the option's name; none interprets. Without the option, all that this host can do.
tcg::TierFactory tierFactory(const AccelOption& option, tcg::CodeSinks& sinks) {
  std::string tier = option.tier;
  if (tier.empty()) tier = hostFeatures().has(Feature::Bmi2) ? "all" : "interp";
  if (tier == "interp") return {};
  tcg::baseline::TranslatorOptions options;
  options.sink = sinks.empty() ? nullptr : &sinks;
  tcg::region::RegionOptions regions = tier == "llvm" ? tcg::region::pinned() : tcg::region::RegionOptions{};
  regions.cache = openCache(option.cache);
  if (tier != "baseline") options.hot = tcg::region::regionFactory(regions);
  return tcg::baseline::tierFactory(options);
}

}  // namespace

EngineMakers hostEngines(mmu::Ram& ram, const AccelOption& option) {
  EngineMakers makers;
  makers.kvm = [settings = kvmSettings(ram, option)] { return makeKvm(settings); };
  const auto statistics = option.statistics ? std::make_shared<tcg::Statistics>() : nullptr;
  const auto sinks = std::make_shared<tcg::CodeSinks>();
  makers.tcg = [&ram, option, statistics, sinks]() -> Result<std::unique_ptr<CpuBackend>> {
    if (auto ok = openSinks(option, *sinks); !ok) return tl::unexpected(ok.error());
    return std::make_unique<tcg::TcgBackend>(ram, tierFactory(option, *sinks), tcg::interp::handlerFor,
                                             statistics.get());
  };
  if (statistics) makers.statistics = [statistics] { return statistics->table(); };
  return makers;
}

Result<EngineChoice> chooseEngine(const AccelOption& option, const EngineMakers& makers) {
  const std::vector<std::string> names = expanded(option.engines);
  std::string reasons;
  for (const std::string& name : names) {
    auto engine = name == "kvm" ? makers.kvm() : makers.tcg();
    if (!engine) {
      reasons += (reasons.empty() ? "" : "; ") + engine.error().message;
      continue;
    }
    EngineChoice choice{std::move(*engine), {}};
    if (names.size() > 1)
      choice.line =
          fmt::format("engine {}: {}", name, reasons.empty() ? choice.engine->caps().description : reasons);
    return choice;
  }
  const bool triedTcg = std::find(names.begin(), names.end(), "tcg") != names.end();
  return fail("-accel {}: {}{}", fmt::join(names, ":"), reasons, triedTcg ? "" : "; or use -accel tcg");
}

}  // namespace duet::ui
