#include "firmware/loader/load_plan.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/base/bits.h"

namespace duet::firmware {
namespace {

// Below: the interrupt table and BIOS data area.
constexpr u64 kLowFrom = 0x1000;
constexpr u64 kZeroChunk = 64_KiB;

}  // namespace

LoadPlan::LoadPlan(const MemoryLayout& layout) : layout_(layout) {
  for (const MemoryRange& range : memoryMap(layout))
    if (range.type == MemoryType::Ram) ram_.push_back(range);
}

std::string LoadPlan::ramSummary() const {
  return fmt::format("{} MiB", (layout_.lowRam + layout_.highRam) >> 20);
}

const LoadPlan::Claim* LoadPlan::overlapping(u64 base, u64 end) const {
  for (const Claim& c : claims_)
    if (base < c.end && c.base < end) return &c;
  return nullptr;
}

Result<> LoadPlan::claim(u64 address, u64 size, std::string_view what) {
  if (size == 0) return {};
  const bool inRam = std::any_of(ram_.begin(), ram_.end(), [&](const MemoryRange& r) {
    return address >= r.base && size <= r.size && address - r.base <= r.size - size;
  });
  if (!inRam)
    return fail("{} ({} KiB at {:#x}) does not fit the guest's {} of RAM: give more with -m or move it", what,
                (size + 1023) >> 10, address, ramSummary());
  if (const Claim* other = overlapping(address, address + size))
    return fail("{} at {:#x} overlaps {} at {:#x}", what, address, other->what, other->base);
  claims_.push_back({address, address + size, std::string(what)});
  return {};
}

std::optional<u64> LoadPlan::findLowest(u64 size, u64 alignment, u64 from, u64 end) const {
  for (const MemoryRange& r : ram_) {
    const u64 stop = std::min(end, r.base + r.size);
    u64 at = alignUp(std::max(from, r.base), alignment);
    while (at < stop && size <= stop - at) {
      const Claim* other = overlapping(at, at + size);
      if (!other) return at;
      at = alignUp(other->end, alignment);
    }
  }
  return std::nullopt;
}

std::optional<u64> LoadPlan::findHighest(u64 size, u64 alignment, u64 from, u64 end) const {
  for (auto r = ram_.rbegin(); r != ram_.rend(); ++r) {
    const u64 start = std::max(from, r->base);
    u64 stop = std::min(end, r->base + r->size);
    while (stop > start && size <= stop - start) {
      const u64 at = alignDown(stop - size, alignment);
      if (at < start) break;
      const Claim* other = overlapping(at, at + size);
      if (!other) return at;
      stop = other->base;
    }
  }
  return std::nullopt;
}

void LoadPlan::put(u64 address, std::vector<u8> bytes) {
  auto shared = std::make_shared<const std::vector<u8>>(std::move(bytes));
  const u64 length = shared->size();
  put(address, std::move(shared), 0, length);
}

void LoadPlan::put(u64 address, SharedBytes file, u64 offset, u64 length) {
  DUET_ASSERT(offset <= file->size() && length <= file->size() - offset);
  if (length) pieces_.push_back({address, std::move(file), offset, length});
}

void LoadPlan::zero(u64 address, u64 size) {
  if (size) pieces_.push_back({address, nullptr, 0, size});
}

Result<u64> LoadPlan::placeLow(std::vector<u8> bytes, u64 alignment, std::string_view what) {
  auto at = findLowest(bytes.size(), alignment, kLowFrom, 1_MiB);
  if (!at) at = findLowest(bytes.size(), alignment, 1_MiB, 4_GiB);
  if (!at)
    return fail("there is no room for {} in the guest's {} of RAM: give more with -m", what, ramSummary());
  if (auto claimed = claim(*at, bytes.size(), what); !claimed) return tl::unexpected(claimed.error());
  put(*at, std::move(bytes));
  return *at;
}

Result<> LoadPlan::commit(GuestMemory& memory) const {
  static const std::array<u8, kZeroChunk> zeros{};
  for (const Piece& piece : pieces_) {
    bool ok = true;
    if (piece.bytes) {
      ok = memory.write(Gpa(piece.address), std::span(*piece.bytes).subspan(piece.offset, piece.length));
    } else {
      for (u64 done = 0; ok && done < piece.length; done += kZeroChunk)
        ok = memory.write(Gpa(piece.address + done),
                          std::span(zeros).first(std::min(kZeroChunk, piece.length - done)));
    }
    if (!ok)
      return fail("guest memory at {:#x} ({} bytes) is no RAM although the memory map says so", piece.address,
                  piece.length);
  }
  return {};
}

}  // namespace duet::firmware
