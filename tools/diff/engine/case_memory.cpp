#include "tools/diff/engine/case_memory.h"

#include <algorithm>
#include <cstring>

#include "core/base/assert.h"

namespace duet::diff {
namespace {

constexpr u64 kPage = sizeof(PageBytes);

}  // namespace

CaseMemory::CaseMemory(std::shared_ptr<const Memory> memory, const PageAt& page, Changed changed)
    : memory_(std::move(memory)), changed_(std::move(changed)) {
  slots_.reserve(memory_->pages.size());
  for (unsigned i = 0; const Page& p : memory_->pages) {
    u8* live = page(i++);
    std::memcpy(live, p.bytes.data(), kPage);
    changed_(live, kPage);
    slots_.push_back({&p, live, p.bytes});
  }
}

CaseMemory::Slot* CaseMemory::slotOf(u64 address) {
  const u64 base = address & ~(kPage - 1);
  const auto at = std::ranges::lower_bound(slots_, base, {}, [](const Slot& s) { return s.page->address; });
  return at != slots_.end() && at->page->address == base ? &*at : nullptr;
}

void CaseMemory::put(std::span<const Piece> pieces) {
  for (const Piece& piece : pieces) {
    for (u64 done = 0; done < piece.bytes.size();) {
      const u64 address = piece.address + done, offset = address & (kPage - 1);
      const u64 length = std::min(kPage - offset, piece.bytes.size() - done);
      Slot* slot = slotOf(address);
      DUET_ASSERT(slot);
      std::memcpy(slot->start.data() + offset, piece.bytes.data() + done, length);
      std::memcpy(slot->live + offset, piece.bytes.data() + done, length);
      changed_(slot->live + offset, length);
      slot->pieced = true;
      done += length;
    }
  }
}

void CaseMemory::collect(Slot& slot, std::vector<Piece>& writes) {
  for (u64 i = 0; i < kPage;) {
    if (slot.live[i] == slot.start[i]) {
      ++i;
      continue;
    }
    const u64 from = i;
    while (i < kPage && slot.live[i] != slot.start[i]) ++i;
    writes.push_back({slot.page->address + from, {slot.live + from, slot.live + i}});
  }
}

std::vector<Piece> CaseMemory::takeWrites() {
  std::vector<Piece> writes;
  for (Slot& slot : slots_) {
    const bool written = std::memcmp(slot.live, slot.start.data(), kPage) != 0;
    if (written) collect(slot, writes);
    if (!written && !slot.pieced) continue;
    std::memcpy(slot.live, slot.page->bytes.data(), kPage);
    changed_(slot.live, kPage);
    slot.start = slot.page->bytes;
    slot.pieced = false;
  }
  return writes;
}

}  // namespace duet::diff
