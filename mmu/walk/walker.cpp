#include "mmu/walk/walker.h"

#include <algorithm>

#include "core/base/bits.h"

namespace duet::mmu {
namespace {

// Paging-structure entries, SDM vol. 3 tables 4-4 to 4-20.
constexpr u64 kPresent = bit(0), kWrite = bit(1), kUser = bit(2), kAccessed = bit(5), kDirty = bit(6);
constexpr u64 kLarge = bit(7), kGlobal = bit(8), kExecuteDisable = bit(63);
constexpr unsigned kKeyShift = 59;

// Page-fault error code, SDM vol. 3 4.7.
constexpr u32 kErrorProtection = 1, kErrorWrite = 2, kErrorUser = 4, kErrorReserved = 8, kErrorFetch = 16,
              kErrorKey = 32;

constexpr unsigned kMostLevels = 5;

// Bits hi..lo of an entry; none when hi < lo.
constexpr u64 field(unsigned hi, unsigned lo) { return lowMask(hi + 1) & ~lowMask(lo); }

// One entry on the way down, kept so that its A and D bits can be set once the walk has succeeded.
struct Step {
  u8* host = nullptr;  // in RAM; nullptr where nothing can be stored
  u64 value = 0;
};

// What the entries together say about the page.
struct Page {
  u64 base = 0;
  u64 size = kPageSize;
  bool user = true, write = true, executeDisable = false;
  bool global = false;
  unsigned key = 0;
};

class Walk {
 public:
  Walk(const AddressSpace& physical, const PagingState& state, u64 address, AccessRights rights,
       EntryWriteHook hook)
      : physical_(physical), state_(state), address_(address), rights_(rights), hook_(hook) {}

  Translation run(bool update);

 private:
  bool wide() const { return state_.mode != PagingMode::Bits32; }
  bool longMode() const { return state_.mode >= PagingMode::Level4; }
  unsigned entrySize() const { return wide() ? 8 : 4; }
  unsigned shift(unsigned level) const { return 12 + (wide() ? 9 : 10) * (level - 1); }
  unsigned physicalBits() const { return std::clamp(state_.physicalBits, 32u, 52u); }
  // PSE-36 carries no more than 40 address bits, and none above 32 without the feature.
  unsigned pse36Bits() const { return state_.pse36 ? std::min(40u, physicalBits()) : 32; }
  u64 addressMask() const { return wide() ? field(physicalBits() - 1, 12) : field(31, 12); }

  bool descend();
  Step load(u64 at);
  bool isLarge(unsigned level, u64 entry) const;
  u64 reservedBits(unsigned level, u64 entry) const;
  void setLeaf(unsigned level, u64 entry);

  bool keyRefuses(bool write) const;
  bool smapRefuses() const { return state_.smap && page_.user && !rights_.user && !rights_.smapOff; }
  bool mayRead() const { return (page_.user || !rights_.user) && !smapRefuses() && !keyRefuses(false); }
  bool mayWrite() const;
  bool mayFetch() const;
  bool permitted() const;

  bool setBits(Step& step, u64 wanted);
  bool setAccessedAndDirty();
  u32 accessError() const;
  Translation fault(u32 error) const;
  Translation success(bool update) const;

  const AddressSpace& physical_;
  const PagingState& state_;
  const u64 address_;
  const AccessRights rights_;
  const EntryWriteHook hook_;

  Mapping tables_;  // the mapping the last entry came from: tables tend to share one
  std::array<Step, kMostLevels> steps_{};
  unsigned count_ = 0;
  Page page_;
  u32 error_ = 0;
};

Step Walk::load(u64 at) {
  if (tables_.host == nullptr || at - tables_.base >= tables_.size) tables_ = physical_.lookup(at);
  const bool ram = tables_.kind == MappingKind::Ram;
  if (!ram && tables_.kind != MappingKind::Rom) return {nullptr, lowMask(8 * entrySize())};
  u8* host = tables_.host + (at - tables_.base);
  const u64 value = wide() ? __atomic_load_n(reinterpret_cast<u64*>(host), __ATOMIC_RELAXED)
                           : __atomic_load_n(reinterpret_cast<u32*>(host), __ATOMIC_RELAXED);
  return {ram ? host : nullptr, value};
}

bool Walk::isLarge(unsigned level, u64 entry) const {
  if (!(entry & kLarge)) return false;
  if (level == 2) return wide() || state_.pse;
  return level == 3 && state_.gbPages;
}

u64 Walk::reservedBits(unsigned level, u64 entry) const {
  const bool large = isLarge(level, entry);
  if (!wide()) return large ? field(21, pse36Bits() - 19) : 0;
  u64 reserved = field(longMode() ? 51 : 62, physicalBits());
  if (!state_.nxe) reserved |= kExecuteDisable;
  if (large) reserved |= field(shift(level) - 1, 13);
  if (level >= 3 && !large) reserved |= kLarge;
  return reserved;
}

void Walk::setLeaf(unsigned level, u64 entry) {
  page_.size = bit(shift(level));
  page_.base = entry & addressMask() & ~(page_.size - 1);
  if (!wide() && level == 2) page_.base |= bits(entry, pse36Bits() - 20, 13) << 32;
  page_.global = (entry & kGlobal) && state_.pge;
  page_.key = static_cast<unsigned>(bits(entry, 62, kKeyShift));
}

// From the root to the page; false with error_ set when an entry is absent or malformed.
bool Walk::descend() {
  page_ = {};
  count_ = 0;
  unsigned level = 2;
  u64 table = state_.cr3 & addressMask();
  if (longMode()) {
    level = state_.mode == PagingMode::Level5 ? 5 : 4;
  } else if (state_.mode == PagingMode::Pae) {
    // The registers were checked for reserved bits when they were loaded (SDM vol. 3 4.4.1).
    const u64 pdpte = state_.pdpte[bits(address_, 31, 30)];
    if (!(pdpte & kPresent)) return error_ = 0, false;
    table = pdpte & addressMask();
  }
  for (;; --level) {
    const u64 index = bits(address_, shift(level) + (wide() ? 8 : 9), shift(level));
    const Step step = load(table + index * entrySize());
    if (!(step.value & kPresent)) return error_ = 0, false;
    if (step.value & reservedBits(level, step.value)) {
      error_ = kErrorProtection | kErrorReserved;
      return false;
    }
    steps_[count_++] = step;
    page_.user &= (step.value & kUser) != 0;
    page_.write &= (step.value & kWrite) != 0;
    page_.executeDisable |= wide() && (step.value & kExecuteDisable);
    if (level == 1 || isLarge(level, step.value)) {
      setLeaf(level, step.value);
      return true;
    }
    table = step.value & addressMask();
  }
}

// SDM vol. 3 4.6.2; AD and WD are bits 2i and 2i+1 of PKRU for user pages and of IA32_PKRS for the others.
bool Walk::keyRefuses(bool write) const {
  if (!longMode() || !(page_.user ? state_.pke : state_.pks)) return false;
  const u32 rights = (page_.user ? state_.pkru : state_.pkrs) >> (2 * page_.key);
  if (rights & 1) return true;
  return write && (rights & 2) && (rights_.user || state_.wp);
}

bool Walk::mayWrite() const {
  if (rights_.user && !page_.user) return false;
  if (!page_.write && (rights_.user || state_.wp)) return false;
  return !smapRefuses() && !keyRefuses(true);
}

bool Walk::mayFetch() const {
  if (page_.executeDisable) return false;
  return rights_.user ? page_.user : !(page_.user && state_.smep);
}

bool Walk::permitted() const {
  switch (rights_.kind) {
    case AccessKind::Read:
      return mayRead();
    case AccessKind::Write:
      return mayWrite();
    case AccessKind::Fetch:
      return mayFetch();
  }
  return false;
}

template <class Entry>
bool replaceEntry(u8* host, u64 seen, u64 updated) {
  Entry expected = static_cast<Entry>(seen);
  return __atomic_compare_exchange_n(reinterpret_cast<Entry*>(host), &expected, static_cast<Entry>(updated),
                                     false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

// False when the entry changed since it was read: the walk is then out of date.
bool Walk::setBits(Step& step, u64 wanted) {
  const u64 updated = step.value | wanted;
  if (step.host) {
    if (!(wide() ? replaceEntry<u64> : replaceEntry<u32>)(step.host, step.value, updated)) return false;
    if (hook_.wrote) hook_.wrote(hook_.owner, step.host, entrySize());
  }
  step.value = updated;
  return true;
}

bool Walk::setAccessedAndDirty() {
  for (unsigned i = 0; i < count_; ++i) {
    u64 wanted = kAccessed;
    if (i + 1 == count_ && rights_.kind == AccessKind::Write) wanted |= kDirty;
    if ((steps_[i].value & wanted) != wanted && !setBits(steps_[i], wanted)) return false;
  }
  return true;
}

// The bits that tell what the access was, not why it failed. I/D exists only with SMEP or with NX.
u32 Walk::accessError() const {
  u32 error = rights_.user ? kErrorUser : 0;
  if (rights_.kind == AccessKind::Write) error |= kErrorWrite;
  if (rights_.kind == AccessKind::Fetch && (state_.smep || (state_.nxe && wide()))) error |= kErrorFetch;
  return error;
}

Translation Walk::fault(u32 error) const {
  Translation t;
  t.errorCode = error | accessError();
  return t;
}

Translation Walk::success(bool update) const {
  Translation t;
  t.ok = true;
  t.address = Gpa(page_.base | (address_ & (page_.size - 1)));
  t.pageSize = page_.size;
  t.global = page_.global;
  t.readable = mayRead();
  // Without D a later write must come back here. A debugger's question is about permission alone.
  t.writable = mayWrite() && (!update || (steps_[count_ - 1].value & kDirty));
  t.executable = mayFetch();
  t.userPage = page_.user;
  return t;
}

Translation Walk::run(bool update) {
  for (;;) {
    if (!descend()) return fault(error_);
    if (!permitted()) {
      // The key is blamed beside anything else that refuses (SDM vol. 3 4.7, PK flag).
      const bool data = rights_.kind != AccessKind::Fetch;
      const bool key = data && keyRefuses(rights_.kind == AccessKind::Write);
      return fault(kErrorProtection | (key ? kErrorKey : 0));
    }
    if (!update || setAccessedAndDirty()) return success(update);
  }
}

Translation identity(u64 address) {
  Translation t;
  t.ok = true;
  t.address = Gpa(address);
  t.readable = t.writable = t.executable = t.userPage = true;
  return t;
}

Translation walk(const AddressSpace& physical, const PagingState& state, LinearAddr address,
                 AccessRights rights, bool update, EntryWriteHook hook) {
  // Outside the 4- and 5-level modes linear addresses have 32 bits.
  const u64 linear = state.mode >= PagingMode::Level4 ? address.value : address.value & lowMask(32);
  if (state.mode == PagingMode::None) return identity(linear);
  return Walk(physical, state, linear, rights, hook).run(update);
}

}  // namespace

Translation translate(const AddressSpace& physical, const PagingState& state, LinearAddr address,
                      AccessRights rights, EntryWriteHook hook) {
  return walk(physical, state, address, rights, true, hook);
}

Translation translateQuietly(const AddressSpace& physical, const PagingState& state, LinearAddr address,
                             AccessRights rights) {
  return walk(physical, state, address, rights, false, {});
}

}  // namespace duet::mmu
