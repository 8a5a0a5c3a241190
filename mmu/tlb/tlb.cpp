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

u64 tagOf(u64 entry) { return u64{0} - entry; }

}  // namespace

Tlb::Tlb() : own_(kMemory), banks_(reinterpret_cast<Bank*>(own_.data())) { clearEnds(); }

Tlb::Tlb(u8* memory) : banks_(reinterpret_cast<Bank*>(memory)) { clearEnds(); }

// The only entries that are not zero when empty.
void Tlb::clearEnds() {
  for (unsigned b = 0; b <= kTlbBanks; ++b) {
    clear(banks_[b], 0);
    clear(banks_[b], kEntries - 1);
  }
  select(TlbBank::Supervisor);
}

void Tlb::clear(Bank& bank, unsigned i) { bank.read[i] = bank.write[i] = emptyTag(i); }

std::optional<Tlb::Found> Tlb::find(TlbBank bank, LinearAddr address, bool write) const {
  const Bank& b = banks_[static_cast<unsigned>(bank)];
  const unsigned i = index(address);
  const u64 tag = write ? b.write[i] : b.read[i], page = address.pageBase().value;
  if (tag == emptyTag(i) || (tagOf(tag) != page && tagOf(tag) != (page ^ kTlbSlow))) return std::nullopt;
  return Found{tagOf(tag) == page, b.addend[i], Gpa(b.physical[i] & ~kPageMask)};
}

void Tlb::fill(TlbBank bank, const TlbFill& f) {
  const unsigned n = static_cast<unsigned>(bank), i = index(f.linear);
  Bank& b = banks_[n];
  const u64 page = f.linear.pageBase().value;
  const Translation& t = f.translation;
  const u64 physical = describe(t);
  const bool same = find(bank, f.linear, false) || find(bank, f.linear, true);
  if (!same || b.physical[i] != physical) clear(b, i);
  if (t.readable) b.read[i] = u64{0} - (page ^ (f.readFast ? 0 : kTlbSlow));
  if (t.writable) b.write[i] = u64{0} - (page ^ (f.writeFast ? 0 : kTlbSlow));
  b.physical[i] = physical;
  b.addend[i] = f.host ? reinterpret_cast<u64>(f.host) - f.linear.value : 0;
  used_[n].add(i);
  if (!t.global) {
    local_[n].add(i);
    latestData_.add(placeOf(n, i));
  }
  notePageSize(f.linear, t.pageSize);
  ++counters_.fills;
}

void Tlb::notePageSize(LinearAddr address, u64 size) {
  if (size <= kPageSize) return;
  large_.add(address.value >> kLargeShift);
  if (size > u64{1} << kLargeShift) huge_.add(address.value >> kHugeShift);
}

const ExecTlbEntry& Tlb::fillExec(bool user, LinearAddr address, const Translation& translation,
                                  const u8* host) {
  const unsigned i = execIndex(address);
  const u64 group = u64{1} << (i / kExecGroup);
  ExecTlbEntry& e = exec_[user][i];
  e = {address.pageBase().value, host, describe(translation)};
  execUsed_[user] |= group;
  if (!translation.global) {
    execLocal_[user] |= group;
    latestCode_.add(placeOf(user, i));
  }
  notePageSize(address, translation.pageSize);
  ++counters_.execFills;
  return e;
}

// Of `groups` in word `word` of the bank's sets: what `drop` says yes to.
template <class Drop>
void Tlb::dropIn(unsigned bank, unsigned word, u64 groups, Drop drop) {
  Bank& b = banks_[bank];
  u64 usedLeft = 0, localLeft = 0;
  for (u64 rest = groups; rest; rest &= rest - 1) {
    const unsigned group = static_cast<unsigned>(std::countr_zero(rest));
    const unsigned first = (word * 64 + group) * kGroup;
    for (unsigned i = first; i < first + kGroup; ++i) {
      const u64 tag = b.read[i] != emptyTag(i) ? b.read[i] : b.write[i];
      if (tag == emptyTag(i)) continue;
      if (drop((tagOf(tag) & ~kIndexBits) | u64{i} << 12, b.physical[i])) {
        clear(b, i);
      } else {
        usedLeft |= u64{1} << group;
        if (!(b.physical[i] & kTlbGlobal)) localLeft |= u64{1} << group;
      }
    }
  }
  used_[bank].keep(word, groups, usedLeft);
  local_[bank].keep(word, groups, localLeft);
}

template <class Drop>
void Tlb::dropAll(const GroupSet (&of)[kTlbBanks], Drop drop) {
  for (unsigned bank = 0; bank < kTlbBanks; ++bank) {
    for (u64 words = of[bank].words; words; words &= words - 1) {
      const unsigned word = static_cast<unsigned>(std::countr_zero(words));
      dropIn(bank, word, of[bank].bits[word], drop);
    }
  }
}

// In the groups that `groups` names; those with nothing left lose their bit.
template <class Drop>
void Tlb::dropExec(ExecGroups& groups, Drop drop) {
  for (unsigned user = 0; user < 2; ++user) {
    for (u64 todo = groups[user]; todo; todo &= todo - 1) {
      const unsigned group = static_cast<unsigned>(std::countr_zero(todo));
      bool left = false;
      for (unsigned i = group * kExecGroup; i < (group + 1) * kExecGroup; ++i) {
        ExecTlbEntry& e = exec_[user][i];
        if (e.tag == ExecTlbEntry::kNoTag) continue;
        if (drop(e.tag, e.physical)) {
          e = ExecTlbEntry{};
        } else {
          left = true;
        }
      }
      if (!left) groups[user] &= ~(u64{1} << group);
    }
  }
}

void Tlb::forgetNames() {
  for (ExecBank& bank : exec_)
    for (ExecTlbEntry& e : bank) e.name = e.shortName = 0;
  kept_.forEach([](Kept& kept) {
    for (u32 n = 0; n < kept.codeCount; ++n) kept.code[n].name = kept.code[n].shortName = 0;
  });
}

void Tlb::flushAll() {
  const auto all = [](u64, u64) { return true; };
  dropAll(used_, all);
  dropExec(execUsed_, all);
  execLocal_ = {};
  large_ = huge_ = {};
  latestData_.forget();
  latestCode_.forget();
  kept_.forgetAll();
  ++generation_;
  ++counters_.flushes;
}

void Tlb::flushNonGlobal() {
  dropLocal();
  kept_.forgetAll();
  ++counters_.flushes;
}

void Tlb::switchSpace(u64 from, u64 to, bool keep) {
  constexpr u64 kPcid = 0xfff;
  if (keep && from == to) return;
  if ((from ^ to) & kPcid) {
    takeLatest(kept_.put(from));
    const Kept* back = kept_.take(to);
    if (keep && back) putBack(*back);
  } else {
    dropLocal();
  }
  ++counters_.flushes;
}

// What was filled last. The banks hold only global pages then.
void Tlb::takeLatest(Kept& kept) {
  kept.dataCount = kept.codeCount = 0;
  latestData_.forEach([&](u32 place) {
    const u32 n = place >> 16, i = place & 0xffff;
    Bank& b = banks_[n];
    const bool empty = b.read[i] == emptyTag(i) && b.write[i] == emptyTag(i);
    if (empty || (b.physical[i] & kTlbGlobal)) return;
    kept.data[kept.dataCount++] = {n, i, b.read[i], b.write[i], b.addend[i], b.physical[i]};
    clear(b, i);
  });
  latestCode_.forEach([&](u32 place) {
    const u32 user = place >> 16, i = place & 0xffff;
    ExecTlbEntry& e = exec_[user][i];
    if (e.tag == ExecTlbEntry::kNoTag || (e.physical & kTlbGlobal)) return;
    kept.code[kept.codeCount++] = {user, i, e.tag, e.host, e.physical, e.name, e.shortName};
    e = ExecTlbEntry{};
  });
  if (latestData_.complete())
    for (GroupSet& set : local_) set.clear();
  if (latestCode_.complete()) execLocal_ = {};
  dropLocal();
}

// The oldest first, so that they are as old as they were.
void Tlb::putBack(const Kept& kept) {
  for (u32 n = kept.dataCount; n-- > 0;) {
    const Kept::Data& d = kept.data[n];
    Bank& b = banks_[d.bank];
    b.read[d.index] = d.read;
    b.write[d.index] = d.write;
    b.addend[d.index] = d.addend;
    b.physical[d.index] = d.physical;
    used_[d.bank].add(d.index);
    local_[d.bank].add(d.index);
    latestData_.add(placeOf(d.bank, d.index));
  }
  for (u32 n = kept.codeCount; n-- > 0;) {
    const Kept::Code& c = kept.code[n];
    const u64 group = u64{1} << (c.index / kExecGroup);
    exec_[c.user][c.index] = {c.tag, c.host, c.physical, c.name, c.shortName};
    execUsed_[c.user] |= group;
    execLocal_[c.user] |= group;
    latestCode_.add(placeOf(c.user, c.index));
  }
}

void Tlb::dropLocal() {
  const auto local = [](u64, u64 physical) { return !(physical & kTlbGlobal); };
  dropAll(local_, local);
  dropExec(execLocal_, local);
  execLocal_ = {};
  latestData_.forget();
  latestCode_.forget();
  ++generation_;
}

void Tlb::flushPage(LinearAddr address) {
  ++generation_;
  ++counters_.pageFlushes;
  const bool huge = huge_.mayHave(address.value >> kHugeShift);
  if (!huge && !large_.mayHave(address.value >> kLargeShift)) return flushSmallPage(address);
  const auto here = [&](u64 page, u64 physical) { return covers(page, physical, address); };
  dropExec(execUsed_, here);
  if (huge) return dropAll(used_, here);
  // The entries of one region of this size are one word of the sets.
  static_assert(kGroup * 64 == 1u << (kLargeShift - 12));
  const unsigned word = index(address) / (kGroup * 64);
  for (unsigned bank = 0; bank < kTlbBanks; ++bank) dropIn(bank, word, used_[bank].bits[word], here);
}

void Tlb::flushSmallPage(LinearAddr address) {
  const u64 page = address.pageBase().value;
  const unsigned i = index(address);
  for (unsigned bank = 0; bank < kTlbBanks; ++bank) {
    const TlbBank b = static_cast<TlbBank>(bank);
    if (find(b, address, false) || find(b, address, true)) clear(banks_[bank], i);
  }
  for (ExecBank& bank : exec_) {
    ExecTlbEntry& e = bank[execIndex(address)];
    if (e.tag == page) e = ExecTlbEntry{};
  }
}

}  // namespace duet::mmu
