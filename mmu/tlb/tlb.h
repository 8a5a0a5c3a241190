// The software TLB of one vCPU: linear page to host pointer, with the rights already checked.
#pragma once

#include <array>
#include <memory>

#include "core/base/types.h"
#include "mmu/walk/walker.h"

namespace duet::mmu {

// Which privilege an entry was checked for. One table each, so a change of CPL or of EFLAGS.AC costs nothing.
enum class TlbBank : u8 {
  Supervisor,    // CPL 0..2, and every implicit supervisor access: SMAP applies when it is on
  SupervisorAc,  // CPL 0..2 with EFLAGS.AC set while CR4.SMAP is on: user pages may be touched
  User,          // CPL 3
};
inline constexpr unsigned kTlbBanks = 3;

// A tag is the page's linear address. With kTlbSlow turned over in it the fast path fails, and the slow path may still use
// the entry's translation (I/O, ROM, LAPIC page). That bit is one of those that choose the entry, as the one is by which the tag
// of an empty entry differs: no address that looks here comes near such a tag, so (address + size - 1 - tag) < 4096 is as
// good a test as comparing pages (compiled code, which has to leave the flags alone, makes that one).
inline constexpr u64 kTlbSlow = u64{1} << 21;
inline constexpr u64 kTlbEmpty = u64{1} << 20;
constexpr bool tagIs(u64 tag, u64 page) { return ((tag ^ page) & ~kTlbSlow) == 0; }

struct TlbEntry {
  u64 readTag = 0;
  u64 writeTag = 0;
  u64 addend = 0;    // host address - linear address; nothing for slow entries
  u64 physical = 0;  // guest-physical page | page size as a power of two | kTlbGlobal
};
inline constexpr u64 kTlbSizeMask = 0x3f;
inline constexpr u64 kTlbGlobal = 0x40;

struct ExecTlbEntry {
  static constexpr u64 kNoTag = ~u64{0};
  u64 tag = kNoTag;          // the page's address
  const u8* host = nullptr;  // of the page
  u64 physical = 0;
};

// What a fill installs; made from a Translation by the memory access code.
struct TlbFill {
  LinearAddr linear;
  Translation translation;
  u8* host = nullptr;      // host address of the byte `translation.address`, or nullptr when there is none
  bool readFast = false;   // RAM or ROM
  bool writeFast = false;  // RAM, dirty already set
};

// Threads: the owning vCPU's only. Protection keys are part of the rights at fill time: flush when PKRU changes.
class Tlb {
 public:
  static constexpr unsigned kEntries = 1024;     // a bank
  static constexpr unsigned kExecEntries = 512;  // a bank (Supervisor, User)

  Tlb();
  Tlb(const Tlb&) = delete;
  Tlb& operator=(const Tlb&) = delete;

  void select(TlbBank bank) {
    current_ = entries_[static_cast<unsigned>(bank)].data();
    system_ = entries_[0].data();
    bank_ = bank;
  }
  // Keeps the bank but makes every access take the slow path (alignment checks, data breakpoints); implicit
  // supervisor accesses too if asked (data breakpoints).
  void selectNone(bool systemToo) {
    current_ = none_.data();
    if (systemToo) system_ = none_.data();
  }
  TlbBank bank() const { return bank_; }
  // Entry 0 of a bank, for compiled code: the others follow, chosen by bits 21:12 of the address.
  const TlbEntry* entries(TlbBank bank) const { return entries_[static_cast<unsigned>(bank)].data(); }

  // Host pointer for [address, +size) by the current bank, or nullptr: page crossing, miss, I/O.
  // The sum may leave the page only upwards, so comparing the last byte's page covers crossing.
  u8* read(LinearAddr address, unsigned size) const { return readIn(current_, address, size); }
  u8* write(LinearAddr address, unsigned size) const {
    const TlbEntry& e = current_[index(address)];
    if (e.writeTag != pageOf(address, size)) [[unlikely]]
      return nullptr;
    return reinterpret_cast<u8*>(address.value + e.addend);
  }
  // The same for implicit supervisor accesses.
  u8* readSystem(LinearAddr address, unsigned size) const { return readIn(system_, address, size); }
  u8* writeSystem(LinearAddr address, unsigned size) const {
    const TlbEntry& e = system_[index(address)];
    if (e.writeTag != pageOf(address, size)) return nullptr;
    return reinterpret_cast<u8*>(address.value + e.addend);
  }
  // Whatever is known of the page, slow entries included; nullptr on a miss.
  const TlbEntry* find(TlbBank bank, LinearAddr address, bool write) const {
    const TlbEntry& e = entries_[static_cast<unsigned>(bank)][index(address)];
    const u64 tag = write ? e.writeTag : e.readTag;
    return tagIs(tag, address.pageBase().value) ? &e : nullptr;
  }
  void fill(TlbBank bank, const TlbFill& fill);

  const ExecTlbEntry* findExec(bool user, LinearAddr address) const {
    const ExecTlbEntry& e = exec_[user][execIndex(address)];
    return e.tag == address.pageBase().value ? &e : nullptr;
  }
  // `host`: of the page, nullptr when the code is not in RAM or ROM.
  const ExecTlbEntry& fillExec(bool user, LinearAddr address, const Translation& translation, const u8* host);

  void flushAll();
  void flushNonGlobal();
  // Everything that maps `address`, whatever the page's size.
  void flushPage(LinearAddr address);
  // Grows with every flush: who remembers a translation remembers it with this.
  u64 generation() const { return generation_; }

  struct Counters {
    u64 fills = 0, execFills = 0, flushes = 0, pageFlushes = 0;
  };
  const Counters& counters() const { return counters_; }

 private:
  using Bank = std::array<TlbEntry, kEntries>;
  using ExecBank = std::array<ExecTlbEntry, kExecEntries>;
  static constexpr unsigned kGroup = kEntries / 64;  // entries a bit of used_

  static constexpr u64 kIndexBits = u64{kEntries - 1} << 12;
  static_assert(((kTlbSlow | kTlbEmpty) & ~kIndexBits) == 0);
  static TlbEntry emptyEntry(unsigned i) {
    const u64 tag = (u64{i} << 12) ^ kTlbEmpty;
    return {tag, tag, 0, 0};
  }
  static unsigned index(LinearAddr a) { return static_cast<unsigned>(a.value >> 12) & (kEntries - 1); }
  static unsigned execIndex(LinearAddr a) {
    return static_cast<unsigned>(a.value >> 12) & (kExecEntries - 1);
  }
  static u64 pageOf(LinearAddr a, unsigned size) { return (a.value + (size - 1)) & ~kPageMask; }
  u8* readIn(const TlbEntry* bank, LinearAddr address, unsigned size) const {
    const TlbEntry& e = bank[index(address)];
    if (e.readTag != pageOf(address, size)) [[unlikely]]
      return nullptr;
    return reinterpret_cast<u8*>(address.value + e.addend);
  }
  template <class Drop>
  void dropEntries(Drop drop);

  TlbEntry* current_ = nullptr;
  TlbEntry* system_ = nullptr;
  TlbBank bank_ = TlbBank::Supervisor;
  bool largePages_ = false;  // a page above 4 KiB was filled since the last full flush
  u64 generation_ = 1;
  std::array<u64, kTlbBanks> used_{};  // which groups hold anything, so that a flush touches only those
  std::array<bool, 2> execUsed_{};
  Counters counters_;
  alignas(64) std::array<Bank, kTlbBanks> entries_;
  Bank none_;  // never filled
  alignas(64) std::array<ExecBank, 2> exec_;
};

}  // namespace duet::mmu
