#include "mmu/tlb/tlb.h"

#include <bit>

namespace duet::mmu {
namespace {

u64 describe(const Translation& t) {
  const u64 shift = static_cast<u64>(std::bit_width(t.pageSize) - 1);
  return t.address.pageBase().value | (shift & kTlbSizeMask) | (t.global ? kTlbGlobal : 0);
}

// Whether the page described by `physical` at linear `page` holds `address`.
bool covers(u64 page, u64 physical, LinearAddr address) {
  const unsigned shift = static_cast<unsigned>(physical & kTlbSizeMask);
  return ((page ^ address.value) >> shift) == 0;
}

}  // namespace

Tlb::Tlb() {
  for (unsigned i = 0; i < kEntries; ++i) {
    none_[i] = emptyEntry(i);
    for (Bank& bank : entries_) bank[i] = emptyEntry(i);
  }
  select(TlbBank::Supervisor);
}

void Tlb::fill(TlbBank bank, const TlbFill& f) {
  const unsigned b = static_cast<unsigned>(bank), i = index(f.linear);
  TlbEntry& e = entries_[b][i];
  const u64 page = f.linear.pageBase().value;
  const Translation& t = f.translation;
  const bool same = tagIs(e.readTag, page) || tagIs(e.writeTag, page);
  const u64 physical = describe(t);
  if (!same || e.physical != physical) e = emptyEntry(i);
  if (t.readable) e.readTag = page ^ (f.readFast ? 0 : kTlbSlow);
  if (t.writable) e.writeTag = page ^ (f.writeFast ? 0 : kTlbSlow);
  e.physical = physical;
  e.addend = f.host ? reinterpret_cast<u64>(f.host) - f.linear.value : 0;
  used_[b] |= u64{1} << (i / kGroup);
  largePages_ |= t.pageSize > kPageSize;
  ++counters_.fills;
}

const ExecTlbEntry& Tlb::fillExec(bool user, LinearAddr address, const Translation& translation,
                                  const u8* host) {
  ExecTlbEntry& e = exec_[user][execIndex(address)];
  e.tag = address.pageBase().value;
  e.host = host;
  e.physical = describe(translation);
  execUsed_[user] = true;
  largePages_ |= translation.pageSize > kPageSize;
  ++counters_.execFills;
  return e;
}

template <class Drop>
void Tlb::dropEntries(Drop drop) {
  for (unsigned b = 0; b < kTlbBanks; ++b) {
    for (u64 groups = used_[b]; groups; groups &= groups - 1) {
      const unsigned group = static_cast<unsigned>(std::countr_zero(groups));
      bool left = false;
      for (unsigned i = group * kGroup; i < (group + 1) * kGroup; ++i) {
        TlbEntry& e = entries_[b][i];
        const u64 empty = emptyEntry(i).readTag;
        const u64 tag = e.readTag != empty ? e.readTag : e.writeTag;
        if (tag == empty) continue;
        if (drop((tag & ~kIndexBits) | u64{i} << 12, e.physical)) {
          e = emptyEntry(i);
        } else {
          left = true;
        }
      }
      if (!left) used_[b] &= ~(u64{1} << group);
    }
  }
  for (unsigned user = 0; user < 2; ++user) {
    if (!execUsed_[user]) continue;
    bool left = false;
    for (ExecTlbEntry& e : exec_[user]) {
      if (e.tag == ExecTlbEntry::kNoTag) continue;
      if (drop(e.tag, e.physical)) {
        e = ExecTlbEntry{};
      } else {
        left = true;
      }
    }
    execUsed_[user] = left;
  }
}

void Tlb::flushAll() {
  dropEntries([](u64, u64) { return true; });
  largePages_ = false;
  ++generation_;
  ++counters_.flushes;
}

void Tlb::flushNonGlobal() {
  dropEntries([](u64, u64 physical) { return !(physical & kTlbGlobal); });
  ++generation_;
  ++counters_.flushes;
}

void Tlb::flushPage(LinearAddr address) {
  ++generation_;
  ++counters_.pageFlushes;
  if (largePages_) {
    dropEntries([&](u64 page, u64 physical) { return covers(page, physical, address); });
    return;
  }
  const u64 page = address.pageBase().value;
  for (Bank& bank : entries_) {
    TlbEntry& e = bank[index(address)];
    if (tagIs(e.readTag, page) || tagIs(e.writeTag, page)) e = emptyEntry(index(address));
  }
  for (ExecBank& bank : exec_) {
    ExecTlbEntry& e = bank[execIndex(address)];
    if (e.tag == page) e = ExecTlbEntry{};
  }
}

}  // namespace duet::mmu
