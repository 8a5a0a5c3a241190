#include "tools/diff/engine/user_rig.h"

#include <algorithm>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/engine/system_area.h"

namespace duet::diff {
namespace {

// The interrupted code's segment: of the world, or (a far return to what no process has) by its selector alone.
SegmentRegister segmentOf(u64 selector, const SegmentRegister& before) {
  const auto value = static_cast<u16>(selector);
  if (value == before.selector) return before;
  const bool known =
      std::ranges::any_of(userDescriptors(), [&](const Descriptor& d) { return d.selector == value; });
  if (known) return userSegment(value);
  SegmentRegister unknown;
  unknown.selector = value;
  return unknown;
}

}  // namespace

Result<std::unique_ptr<UserRig>> UserRig::make(const BackendFactory& factory, std::string_view cpu,
                                               std::shared_ptr<const Memory> memory) {
  const u64 size = SystemArea::kSize + memory->pages.size() * sizeof(PageBytes);
  auto rig = VcpuRig::make(factory, cpu, size);
  if (!rig) return tl::unexpected(rig.error());
  std::unique_ptr<UserRig> user(new UserRig);
  user->rig_ = std::move(*rig);
  VcpuRig& inner = *user->rig_;
  if (auto built = SystemArea::build(inner.at(0), *memory); !built) return tl::unexpected(built.error());
  if (auto mapped = inner.map(0, inner.size(), 0, true); !mapped) return tl::unexpected(mapped.error());
  if (auto started = inner.start(); !started) return tl::unexpected(started.error());
  user->pages_ = std::make_unique<CaseMemory>(
      std::move(memory), [&](unsigned i) { return inner.at(SystemArea::kSize + i * sizeof(PageBytes)); },
      [&inner](u8* host, u64 length) { inner.wrote(host, length); });
  return user;
}

void UserRig::begin(const Case& in, CpuState& state) const {
  state = in.start;
  SystemArea::enter(state);
  const CpuModel& model = rig_->model();
  if (model.has(Feature::Xsave)) state.cr4 |= kCr4Osxsave;
  if (model.has(Feature::Fsgsbase)) state.cr4 |= kCr4Fsgsbase;
  if (model.has(Feature::Umip)) state.cr4 |= kCr4Umip;
  if (model.has(Feature::Xsave)) state.xcr0 = model.supportedXcr0() & (kXcr0X87 | kXcr0Sse | kXcr0Avx);
}

void UserRig::run(const Case& in, RunLimit& limit, Outcome& out) {
  pages_->put(in.pieces);
  CpuState state;
  begin(in, state);
  if (auto loaded = rig_->vcpu().loadState(state); !loaded) {
    out = {};
    out.why = loaded.error().message;
  } else {
    finish(in, limit.run(rig_->vcpu(), in.steps), out);
  }
  out.writes = pages_->takeWrites();
}

void UserRig::finish(const Case& in, const VcpuExit& exit, Outcome& out) {
  rig_->vcpu().saveState(out.after);
  out.why.clear();
  if (exit.reason == ExitReason::Budget) {
    out.ending = Ending::Steps;
  } else if (exit.reason == ExitReason::Halt) {
    interrupted(in, out);
  } else {
    out.ending = Ending::Unsupported;
    out.why = exit.message.empty() ? "the engine left the run" : exit.message;
  }
}

void UserRig::interrupted(const Case& in, Outcome& out) {
  const auto frame = SystemArea::frame(rig_->at(0), out.after);
  if (!frame) {
    out.ending = Ending::Unsupported;
    out.why = "the processor halted outside the handlers";
    return;
  }
  out.ending = Ending::Exception;
  out.exception = frame->exception;
  CpuState& after = out.after;
  after.rip = frame->rip;
  after.rflags = frame->rflags;
  after.gpr[kRsp] = frame->rsp;
  after.segment[kSegCs] = segmentOf(frame->cs, in.start.segment[kSegCs]);
  after.segment[kSegSs] = segmentOf(frame->ss, in.start.segment[kSegSs]);
  after.activity = Activity::Running;
  if (frame->exception.vector != kExcPF) after.cr2 = in.start.cr2;
}

}  // namespace duet::diff
