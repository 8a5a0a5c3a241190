// The memory of one case in the engine's hands: kept loaded from case to case, compared and mended after each.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "tools/diff/case/case.h"

namespace duet::diff {

// Works on pages that lie anywhere in this process. A case is put(), run, and takeWrites(), which leaves the pages as
// `memory` says again.
class CaseMemory {
 public:
  // `page(i)`: where the engine keeps the bytes of memory->pages[i]. `changed`: told of every range this class writes there.
  using PageAt = std::function<u8*(unsigned)>;
  using Changed = std::function<void(u8* host, u64 length)>;
  CaseMemory(std::shared_ptr<const Memory> memory, const PageAt& page, Changed changed);

  const std::shared_ptr<const Memory>& memory() const { return memory_; }
  void put(std::span<const Piece> pieces);
  std::vector<Piece> takeWrites();

 private:
  struct Slot {
    const Page* page;
    u8* live;         // the engine's
    PageBytes start;  // as the case starts
    bool pieced = false;
  };
  Slot* slotOf(u64 address);
  void collect(Slot& slot, std::vector<Piece>& writes);

  std::shared_ptr<const Memory> memory_;
  Changed changed_;
  std::vector<Slot> slots_;
};

}  // namespace duet::diff
