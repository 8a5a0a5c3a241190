#include "tools/diff/lockstep/follower.h"

#include <cstring>

#include "core/base/assert.h"
#include "mmu/ram/guest_copy.h"

namespace duet::diff::lockstep {

void postMail(VcpuMailbox& to, const Segment& segment) {
  for (const u32 bits : segment.mail) {
    if (const u32 plain = bits & ~u32{kMailSipi}) to.post(plain);
    if (bits & kMailSipi) to.postSipi(segment.sipi);  // after an INIT that came with it (VcpuMailbox)
  }
}

Follower::Follower()
    : replayer_({.ram =
                     [this](const RamWritten& w) {
                       u8* host = ram_.blocks()[w.block]->host + w.offset;
                       mmu::copyToGuest(host, w.bytes.data(), w.bytes.size());
                       ram_.noteWrite(host, w.bytes.size());
                     },
                 .map = [this](const MemoryMap& map) { changeMap(map); },
                 .diverged = [this] { vcpu_->requestExit(); }}) {}

Result<std::unique_ptr<Follower>> Follower::make(const BackendFactory& factory, const SeatPlan& plan,
                                                 const mmu::Ram& like, VirtualClock& clock) {
  std::unique_ptr<Follower> made(new Follower);
  for (const auto& block : like.blocks())
    if (auto added = made->ram_.addBlock(block->name, block->size); !added)
      return tl::unexpected(added.error());
  auto engine = factory(made->ram_);
  if (!engine) return tl::unexpected(engine.error());
  made->engine_ = std::move(*engine);
  auto seat = Seat::make(plan, made->replayer_, made->ram_, clock);
  if (!seat) return tl::unexpected(seat.error());
  made->seat_ = std::move(*seat);
  auto vcpu = made->engine_->createVcpu(made->seat_->env());
  if (!vcpu) return tl::unexpected(vcpu.error());
  made->vcpu_ = std::move(*vcpu);
  return made;
}

// The leading side had this very map, so it can be laid.
void Follower::changeMap(const MemoryMap& map) {
  if (map == map_) return;
  map_ = map;
  const Result<> laid = seat_->setMap(map);
  DUET_ASSERT(laid.has_value());
  engine_->memoryMapChanged();
}

Result<> Follower::load(const CpuState& state, const MemoryMap& map, bool ferr) {
  seat_->mailbox().take(~u32{0});
  changeMap(map);
  auto loaded = vcpu_->loadState(state);
  seat_->setFerr(ferr);
  return loaded;
}

VcpuExit Follower::play(const Segment& segment, u64 steps) {
  seat_->mailbox().take(kMailExit);
  replayer_.begin(segment);
  postMail(seat_->mailbox(), segment);
  const VcpuExit exit = segment.single && steps ? vcpu_->step(*segment.single) : vcpu_->run({steps});
  replayer_.end(steps == segment.steps && exit.steps == steps);
  return exit;
}

}  // namespace duet::diff::lockstep
