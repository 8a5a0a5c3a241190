#include "cpu-kvm/vcpu/guarded_ram.h"

#include <sys/mman.h>

#include <algorithm>

namespace duet::kvm {
namespace {

constexpr size_t kPage = 4096;

}  // namespace

GuardedRam::~GuardedRam() {
  for (const Twin& t : twins_)
    if (t.kernel != t.host) munmap(t.kernel, t.size);
}

const GuardedRam::Twin* GuardedRam::twinOf(const u8* host) const {
  const auto it =
      std::ranges::find_if(twins_, [&](const Twin& t) { return host >= t.host && host < t.host + t.size; });
  return it == twins_.end() ? nullptr : &*it;
}

// mremap of no bytes of a shared mapping makes a second mapping of the same memory (mremap(2)).
void GuardedRam::add(const RamBlock& block) {
  const std::lock_guard lock(mutex_);
  if (twinOf(block.host)) return;
  void* twin = mremap(block.host, 0, block.size, MREMAP_MAYMOVE);
  if (twin == MAP_FAILED) return;
  madvise(twin, block.size, MADV_DONTDUMP);
  twins_.push_back({block.host, static_cast<u8*>(twin), block.size});
}

u8* GuardedRam::kernelAddress(u8* host) const {
  const std::lock_guard lock(mutex_);
  const Twin* twin = twinOf(host);
  return twin ? twin->kernel + (host - twin->host) : host;
}

void GuardedRam::Session::close(std::span<u8* const> pages) {
  const auto change = [&](u8* page, int protection) {
    u8* kernel = ram_.kernelAddress(page);
    if (kernel != page) mprotect(kernel, kPage, protection);
  };
  for (u8* page : closed_)
    if (std::ranges::find(pages, page) == pages.end()) change(page, PROT_READ | PROT_WRITE);
  for (u8* page : pages)
    if (!isClosed(page)) change(page, PROT_NONE);
  closed_.assign(pages.begin(), pages.end());
}

bool GuardedRam::Session::isClosed(const u8* page) const {
  return std::ranges::find(closed_, page) != closed_.end();
}

}  // namespace duet::kvm
