#include "tools/diff/lockstep/recorder.h"

#include <utility>

#include "core/cpu/registers.h"

namespace duet::diff::lockstep {

Recorder::Recorder(const VcpuEnv& board, mmu::Ram& ram) : board_(board), ram_(ram) { standing_ = look(); }

std::shared_ptr<const MemoryMap> Recorder::currentMap() const {
  return std::make_shared<const MemoryMap>(takeMap(board_.physical, board_.smm, ram_));
}

Standing Recorder::look() const {
  Standing s{.deliverable = board_.interrupts.deliverable(),
             .taskPriority = board_.interrupts.taskPriority(),
             .apicPage = board_.interrupts.mmioPage(),
             .ignne = board_.fpuError && board_.fpuError->ignne()};
  const MsrAccess access = board_.interrupts.readMsr(kMsrApicBase, s.apicBase);
  (void)access;  // the register is always there
  return s;
}

void Recorder::begin(Segment& segment) {
  segment_ = &segment;
  segment.entries = std::exchange(between_, {});
  segment.standing = standing_ = look();
}

void Recorder::end() {
  segment_ = nullptr;
  standing_ = look();
}

void Recorder::forget() { between_.clear(); }

void Recorder::add(Entry entry) { (segment_ ? segment_->entries : between_).push_back(std::move(entry)); }

Answer Recorder::call(const Call& call) {
  if (!segment_) {  // a state goes in or out
    const Answer answer = ask(call);
    standing_ = look();
    return answer;
  }
  const size_t place = segment_->entries.size();
  segment_->entries.push_back(CallEntry{call, {}, {}});
  ++depth_;
  const Answer answer = ask(call);
  --depth_;
  standing_ = look();
  auto& entry = std::get<CallEntry>(segment_->entries[place]);
  entry.answer = answer;
  entry.after = standing_;
  return answer;
}

Answer Recorder::ask(const Call& c) {
  LocalInterruptController& apic = board_.interrupts;
  switch (c.kind) {
    case CallKind::MemoryRead:
      return {board_.physical.read(c.address, c.size)};
    case CallKind::MemoryWrite:
      board_.physical.write(c.address, c.size, c.value);
      return {};
    case CallKind::PortRead:
      return {board_.ports.read(c.address, c.size)};
    case CallKind::PortWrite:
      board_.ports.write(c.address, c.size, c.value);
      return {};
    case CallKind::ApicRead:
      return {apic.mmio().read(0, c.address, c.size)};
    case CallKind::ApicWrite:
      apic.mmio().write(0, c.address, c.size, c.value);
      return {};
    case CallKind::Acknowledge:
      return {static_cast<u64>(static_cast<i64>(apic.acknowledge()))};
    case CallKind::SetTaskPriority:
      apic.setTaskPriority(static_cast<u8>(c.value));
      return {};
    case CallKind::MsrRead: {
      Answer answer;
      answer.access = apic.readMsr(static_cast<u32>(c.address), answer.value);
      return answer;
    }
    case CallKind::MsrWrite:
      return {0, apic.writeMsr(static_cast<u32>(c.address), c.value)};
    case CallKind::SendIpi:
      return {apic.sendIpi(static_cast<u32>(c.address), static_cast<u32>(c.value))};
    case CallKind::Unhalt:
      return {apic.unhalt(static_cast<u32>(c.address))};
    case CallKind::InitReset:
      apic.initReset();
      return {};
    case CallKind::SetFerr:
      if (board_.fpuError) board_.fpuError->setFerr(c.value != 0);
      return {};
  }
  return {};
}

void Recorder::ramWritten(const u8* host, u64 length) {
  if (segment_ && depth_ == 0) return;
  const auto blocks = ram_.blocks();
  for (unsigned i = 0; i < blocks.size(); ++i) {
    const u64 offset = static_cast<u64>(host - blocks[i]->host);
    if (host < blocks[i]->host || offset >= blocks[i]->size) continue;
    add(RamWritten{i, offset, {host, host + length}});
  }
}

void Recorder::mapChanged(std::shared_ptr<const MemoryMap> map) { add(MapChanged{std::move(map)}); }

}  // namespace duet::diff::lockstep
