// Any two pages of guest RAM at adjoining host addresses.
#pragma once

#include "mmu/ram/ram.h"

namespace duet::mmu {

// A guest may lock one operation over two pages that are neighbours in its linear addresses alone. Mapped side by
// side a second time, the host's own locked instruction covers both, and is atomic against everything else that
// touches them: other vCPUs' plain stores, devices, the host. Threads: one.
class PagePair {
 public:
  PagePair();
  ~PagePair();
  PagePair(const PagePair&) = delete;
  PagePair& operator=(const PagePair&) = delete;

  // `first`: a byte of RAM; `second`: the first byte of the page that follows. An address from which the bytes go on
  // over both, good until the next call.
  u8* map(const Ram& ram, u8* first, const u8* second);

 private:
  void show(const Ram& ram, unsigned half, const u8* page);

  u8* window_ = nullptr;  // two pages
  const u8* shown_[2] = {};
};

}  // namespace duet::mmu
