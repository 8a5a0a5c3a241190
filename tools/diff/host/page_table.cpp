#include "tools/diff/host/page_table.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace duet::diff::host {
namespace {

u32 protectionOf(PageAccess access) {
  switch (access) {
    case PageAccess::Read:
      return PROT_READ;
    case PageAccess::ReadWrite:
      return PROT_READ | PROT_WRITE;
    case PageAccess::ReadExecute:
      return PROT_READ | PROT_EXEC;
    case PageAccess::ReadWriteExecute:
      return PROT_READ | PROT_WRITE | PROT_EXEC;
  }
  return PROT_NONE;
}

}  // namespace

std::string PageTable::set(std::shared_ptr<const Memory> memory) {
  memory_ = nullptr;
  if (!memory) return "it has no memory";
  if (memory->pages.size() > kMaxPages) return fmt::format("it has more than {} pages", kMaxPages);
  for (size_t i = 0; i < memory->pages.size(); ++i) {
    const u64 address = memory->pages[i].address;
    if (address & kPageMask || address >= 4_GiB) return fmt::format("it has a page at {:#x}", address);
    if (i != 0 && address <= memory->pages[i - 1].address) return "its pages are not in order of address";
  }
  memory_ = std::move(memory);
  return {};
}

void PageTable::store(Control& control, u8* original, u8* before, u8* live) const {
  control.remap = 1;
  control.pages = static_cast<u32>(memory_->pages.size());
  for (size_t i = 0; i < memory_->pages.size(); ++i) {
    const Page& page = memory_->pages[i];
    control.page[i] = {page.address, protectionOf(page.access)};
    for (u8* copy : {original, before, live}) std::memcpy(copy + i * kPageSize, page.bytes.data(), kPageSize);
  }
}

PageTable::Place PageTable::find(u64 address) const {
  const auto& pages = memory_->pages;
  const auto after = std::ranges::upper_bound(pages, address, {}, &Page::address);
  if (after == pages.begin()) return {0, 0};
  const auto page = after - 1;
  const u64 within = address - page->address;
  if (within >= kPageSize) return {0, 0};
  return {static_cast<u32>(static_cast<u64>(page - pages.begin()) * kPageSize + within),
          static_cast<u32>(kPageSize - within)};
}

}  // namespace duet::diff::host
