// The software TLB of one vCPU: linear page to host pointer, with the rights already checked.
#pragma once

#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "core/base/types.h"
#include "core/base/zero_memory.h"
#include "mmu/tlb/kept_spaces.h"
#include "mmu/walk/walker.h"

namespace duet::mmu {

// Which privilege an entry was checked for. One table each, so a change of CPL or of EFLAGS.AC costs nothing.
enum class TlbBank : u8 {
  Supervisor,    // CPL 0..2, and every implicit supervisor access: SMAP applies when it is on
  SupervisorAc,  // CPL 0..2 with EFLAGS.AC set while CR4.SMAP is on: user pages may be touched
  User,          // CPL 3
};
inline constexpr unsigned kTlbBanks = 3;

// A tag is the page's linear address, kept negated: an access hits when its last byte's address + the entry is below 4096.
// (The entry was chosen by the first byte; a last byte on the next page would have chosen the next entry.) With kTlbSlow turned
// over in it the fast path fails, and the slow path may still use the entry's translation (I/O, ROM, LAPIC page): that bit is
// one of those that choose the entry, so no address that looks here comes near such a tag. Empty entries are zero, the tag
// of page 0, which is as far from all addresses that look there, but for the first and the last entry: they have kTlbEmpty.
// (A slow entry of page kTlbSlow itself looks empty, and is looked up again each time.)
inline constexpr u64 kTlbSlow = u64{1} << 21;
inline constexpr u64 kTlbEmpty = u64{1} << 20;

inline constexpr u64 kTlbSizeMask = 0x3f;
inline constexpr u64 kTlbGlobal = 0x40;

struct ExecTlbEntry {
  static constexpr u64 kNoTag = ~u64{0};
  u64 tag = kNoTag;          // the page's address
  const u8* host = nullptr;  // of the page
  u64 physical = 0;
  // A compiling tier's name for the page and what it maps, and the name's short form: 0 until it gives them. Whoever
  // remembers a name remembers that this entry stood when it was given, or one like it.
  u32 name = 0;
  u32 shortName = 0;
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
  // A bank. Chosen by bits 27:12 of the address: 16 bits, which compiled code takes by one MOVZX.
  static constexpr unsigned kEntries = 65536;
  static constexpr unsigned kExecEntries = 4096;  // a bank (Supervisor, User): 16 MiB, as much as a kernel

  // Arrays rather than structures: their elements can be addressed by a scaled index, and neighbours share cache lines.
  struct Bank {
    u64 read[kEntries];      // negated tags
    u64 write[kEntries];     // likewise
    u64 addend[kEntries];    // host address - linear address; nothing for slow entries
    u64 physical[kEntries];  // guest-physical page | page size as a power of two | kTlbGlobal
  };
  // What the slow path sees of an entry.
  struct Found {
    bool fast;
    u64 addend;
    Gpa page;
  };

  Tlb();  // in memory of its own
  // In `memory`, kMemory bytes of zeros that nothing else uses and that outlive it. Only what is filled is touched.
  static constexpr size_t kMemory = (kTlbBanks + 1) * sizeof(Bank);
  explicit Tlb(u8* memory);
  Tlb(const Tlb&) = delete;
  Tlb& operator=(const Tlb&) = delete;

  void select(TlbBank bank) {
    current_ = &banks_[static_cast<unsigned>(bank)];
    system_ = &banks_[0];
    bank_ = bank;
  }
  // Keeps the bank but makes every access take the slow path (alignment checks, data breakpoints); implicit
  // supervisor accesses too if asked (data breakpoints).
  void selectNone(bool systemToo) {
    current_ = &banks_[kTlbBanks];
    if (systemToo) system_ = current_;
  }
  TlbBank bank() const { return bank_; }
  const Bank& entries(TlbBank bank) const {
    return banks_[static_cast<unsigned>(bank)];
  }  // for compiled code
  // Where select() notes the bank: compiled code changes it by itself, between the two of the supervisor.
  const Bank* const* currentPlace() const { return &current_; }
  const TlbBank* bankPlace() const { return &bank_; }

  // Host pointer for [address, +size) by the current bank, or nullptr: page crossing, miss, I/O.
  u8* read(LinearAddr address, unsigned size) const { return readIn(*current_, address, size); }
  u8* write(LinearAddr address, unsigned size) const { return writeIn(*current_, address, size); }
  // The same for implicit supervisor accesses.
  u8* readSystem(LinearAddr address, unsigned size) const { return readIn(*system_, address, size); }
  u8* writeSystem(LinearAddr address, unsigned size) const { return writeIn(*system_, address, size); }
  // Whatever is known of the page, slow entries included.
  std::optional<Found> find(TlbBank bank, LinearAddr address, bool write) const;
  void fill(TlbBank bank, const TlbFill& fill);

  const ExecTlbEntry* findExec(bool user, LinearAddr address) const {
    const ExecTlbEntry& e = exec_[user][execIndex(address)];
    return e.tag == address.pageBase().value ? &e : nullptr;
  }
  ExecTlbEntry* findExec(bool user, LinearAddr address) {
    return const_cast<ExecTlbEntry*>(std::as_const(*this).findExec(user, address));
  }
  // Entry 0 of a bank, for compiled code; execIndex() chooses, by bits 23:12 of the address.
  const ExecTlbEntry* execEntries(bool user) const { return exec_[user].data(); }
  static unsigned execIndex(LinearAddr a) {
    return static_cast<unsigned>(a.value >> 12) & (kExecEntries - 1);
  }
  void forgetNames();
  // `host`: of the page, nullptr when the code is not in RAM or ROM.
  const ExecTlbEntry& fillExec(bool user, LinearAddr address, const Translation& translation, const u8* host);

  // Of all address spaces, kept ones too.
  void flushAll();
  void flushNonGlobal();
  // Everything that maps `address` in the present one, whatever the page's size; and global pages.
  void flushPage(LinearAddr address);
  // From the address space of one CR3 with a PCID (bit 63 is 0) to another's. What was filled last is kept for the way back; with
  // `keep` (bit 63 of what is written to CR3) so comes what was kept of the other, else it is gone.
  void switchSpace(u64 from, u64 to, bool keep);
  // What is kept of a PCID that is not the present one.
  void forgetSpace(u64 pcid) { kept_.forget(pcid); }
  // Grows with every flush: who remembers a translation remembers it with this.
  u64 generation() const { return generation_; }

  struct Counters {
    u64 fills = 0, execFills = 0, flushes = 0, pageFlushes = 0;
  };
  const Counters& counters() const { return counters_; }

 private:
  using ExecBank = std::array<ExecTlbEntry, kExecEntries>;
  static constexpr unsigned kGroup = 16;  // entries that share a bit of GroupSet
  static constexpr unsigned kGroupWords = kEntries / kGroup / 64;

  // Groups of entries that may hold something, so that a flush touches only those.
  struct GroupSet {
    u64 words = 0;  // which of bits are not 0
    std::array<u64, kGroupWords> bits{};
    void add(unsigned entry) {
      const unsigned group = entry / kGroup;
      bits[group / 64] |= u64{1} << group % 64;
      words |= u64{1} << group / 64;
    }
    // Of `groups` in one word, those in `left` stay.
    void keep(unsigned word, u64 groups, u64 left) {
      bits[word] &= ~groups | left;
      if (!bits[word]) words &= ~(u64{1} << word);
    }
    void clear() {
      for (; words; words &= words - 1) bits[static_cast<unsigned>(std::countr_zero(words))] = 0;
    }
  };
  static_assert(kGroupWords == 64);

  // Where pages of a large size may have been filled: linear addresses by their high bits. Says yes too often.
  struct Regions {
    std::array<u64, 16> bits{};
    void add(u64 region) { bits[region / 64 % 16] |= u64{1} << region % 64; }
    bool mayHave(u64 region) const { return bits[region / 64 % 16] >> region % 64 & 1; }
  };
  static constexpr unsigned kLargeShift = 22, kHugeShift = 30;  // 2 and 4 MiB; 1 GiB

  static constexpr u64 kIndexBits = u64{kEntries - 1} << 12;
  static_assert(((kTlbSlow | kTlbEmpty) & ~kIndexBits) == 0);
  static constexpr u64 emptyTag(unsigned i) { return i == 0 || i == kEntries - 1 ? u64{0} - kTlbEmpty : 0; }
  static unsigned index(LinearAddr a) { return static_cast<unsigned>(a.value >> 12) & (kEntries - 1); }
  static bool hits(u64 tag, LinearAddr address, unsigned size) {
    return address.value + (size - 1) + tag < kPageSize;
  }
  static u8* readIn(const Bank& bank, LinearAddr address, unsigned size) {
    const unsigned i = index(address);
    if (!hits(bank.read[i], address, size)) [[unlikely]]
      return nullptr;
    return reinterpret_cast<u8*>(address.value + bank.addend[i]);
  }
  static u8* writeIn(const Bank& bank, LinearAddr address, unsigned size) {
    const unsigned i = index(address);
    if (!hits(bank.write[i], address, size)) [[unlikely]]
      return nullptr;
    return reinterpret_cast<u8*>(address.value + bank.addend[i]);
  }
  static constexpr unsigned kKeptData = 96,
                            kKeptCode = 48;  // a space: more costs more than filling what is used
  // A space's entries, the one filled last first.
  struct Kept {
    struct Data {
      u32 bank, index;
      u64 read, write, addend, physical;
    };
    struct Code {
      u32 user, index;
      u64 tag;
      const u8* host;
      u64 physical;
      u32 name, shortName;
    };
    std::array<Data, kKeptData> data;
    std::array<Code, kKeptCode> code;
    u32 dataCount = 0, codeCount = 0;
  };

  static u32 placeOf(unsigned bank, unsigned index) { return bank << 16 | index; }
  void takeLatest(Kept& kept);
  void putBack(const Kept& kept);
  void dropLocal();
  void clearEnds();
  static void clear(Bank& bank, unsigned i);
  void notePageSize(LinearAddr address, u64 size);
  template <class Drop>
  void dropIn(unsigned bank, unsigned word, u64 groups, Drop drop);
  using ExecGroups = std::array<u64, 2>;
  template <class Drop>
  void dropExec(ExecGroups& groups, Drop drop);
  template <class Drop>
  void dropAll(const GroupSet (&of)[kTlbBanks], Drop drop);
  void flushSmallPage(LinearAddr address);

  ZeroMemory own_;
  Bank* banks_;  // kTlbBanks, and one that is never filled
  Bank* current_ = nullptr;
  Bank* system_ = nullptr;
  TlbBank bank_ = TlbBank::Supervisor;
  u64 generation_ = 1;
  GroupSet used_[kTlbBanks], local_[kTlbBanks];  // all entries; those of pages that are not global
  Regions large_, huge_;
  // The same of the code banks: 64 groups.
  static constexpr unsigned kExecGroup = kExecEntries / 64;
  ExecGroups execUsed_{}, execLocal_{};
  Counters counters_;
  // Fills of pages that are not global.
  LatestFills<kKeptData> latestData_;
  LatestFills<kKeptCode> latestCode_;
  KeptSpaces<Kept> kept_;
  alignas(64) std::array<ExecBank, 2> exec_;
};

}  // namespace duet::mmu
