#include "tools/diff/engine/system_rig.h"

#include <algorithm>

namespace duet::diff {
namespace {

constexpr u64 kPage = sizeof(PageBytes);
constexpr u32 kTaskBusy = 2;

void conclude(const VcpuExit& exit, Outcome& out) {
  out.why.clear();
  switch (exit.reason) {
    case ExitReason::Halt:
      out.ending = Ending::Halt;
      break;
    case ExitReason::Shutdown:
      out.ending = Ending::Shutdown;
      break;
    case ExitReason::Budget:
      out.ending = Ending::Steps;
      break;
    default:
      out.ending = Ending::Unsupported;
      out.why = exit.message.empty() ? "the engine left the run" : exit.message;
  }
}

}  // namespace

Result<std::unique_ptr<SystemRig>> SystemRig::make(const BackendFactory& factory, std::string_view cpu,
                                                   std::shared_ptr<const Memory> memory) {
  auto rig = VcpuRig::make(factory, cpu, std::max<u64>(memory->pages.size(), 1) * kPage);
  if (!rig) return tl::unexpected(rig.error());
  std::unique_ptr<SystemRig> system(new SystemRig);
  system->rig_ = std::move(*rig);
  VcpuRig& inner = *system->rig_;
  for (u64 offset = 0; const Page& page : memory->pages) {
    const bool writable = page.access == PageAccess::ReadWrite || page.access == PageAccess::ReadWriteExecute;
    if (auto mapped = inner.map(page.address, kPage, offset, writable); !mapped)
      return tl::unexpected(mapped.error());
    offset += kPage;
  }
  if (auto started = inner.start(); !started) return tl::unexpected(started.error());
  system->pages_ = std::make_unique<CaseMemory>(
      std::move(memory), [&](unsigned i) { return inner.at(i * kPage); },
      [&inner](u8* host, u64 length) { inner.wrote(host, length); });
  return system;
}

void SystemRig::run(const Case& in, RunLimit& limit, Outcome& out) {
  pages_->put(in.pieces);
  CpuState state = in.start;
  if (quirks_.taskAsAvailable && state.tr.usable()) state.tr.attributes &= ~kTaskBusy;
  if (auto loaded = rig_->vcpu().loadState(state); !loaded) {
    out = {};
    out.why = loaded.error().message;
  } else {
    conclude(limit.run(rig_->vcpu(), in.steps), out);
    rig_->vcpu().saveState(out.after);
  }
  out.writes = pages_->takeWrites();
}

}  // namespace duet::diff
