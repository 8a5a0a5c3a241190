#include "cpu-tcg/cache/entry.h"

#include <xxhash.h>

#include <cstring>
#include <type_traits>

namespace duet::tcg::cache {
namespace {

constexpr u64 kMagic = 0x33656863'74657564;  // duetche3
constexpr u32 kMostIndirect = 64, kMostLeaders = 4096, kMostExits = 8192, kMostInstructions = 65536,
              kMostPages = 64;
enum ExitBit : u8 { kDynamic = 1, kRestarts = 2, kWrote = 4, kAllBits = 7 };

struct Head {
  u64 magic, sum;  // XXH3 of all that follows
  u64 head, keyLow, keyHigh;
  u32 instructions, indirect, leaders, exits, bytes;
  region::Extent extent;
};
static_assert(std::has_unique_object_representations_v<Head>, "no padding in files");

class Writer {
 public:
  template <class T>
  void put(const T& v) {
    const auto* from = reinterpret_cast<const u8*>(&v);
    out.insert(out.end(), from, from + sizeof v);
  }
  std::vector<u8> out;
};

// The caller has found out that there is enough.
class Reader {
 public:
  explicit Reader(std::span<const u8> in) : in_(in) {}
  template <class T>
  T get() {
    T v;
    std::memcpy(&v, in_.data(), sizeof v);
    in_ = in_.subspan(sizeof v);
    return v;
  }
  std::span<const u8> rest() const { return in_; }

 private:
  std::span<const u8> in_;
};

constexpr size_t kSummed = offsetof(Head, head), kExitSize = 9;

u64 sumOf(std::span<const u8> file) { return XXH3_64bits(file.data() + kSummed, file.size() - kSummed); }

u8 bitsOf(const region::Exit& e) {
  return static_cast<u8>((e.dynamic ? kDynamic : 0) | (e.restarts ? kRestarts : 0) | (e.wrote ? kWrote : 0));
}

bool isPlausible(const Head& head, size_t rest) {
  return head.indirect <= kMostIndirect && head.leaders <= kMostLeaders && head.exits <= kMostExits &&
         head.extent.instructions <= kMostInstructions && head.extent.pages <= kMostPages &&
         head.extent.loopOnly <= 1 && head.bytes <= kMostEntryBytes &&
         (head.bytes == 0) == (head.exits == 0) &&
         rest == (head.indirect + head.leaders) * sizeof(u64) + head.exits * kExitSize + head.bytes;
}

}  // namespace

std::vector<u8> encode(const Entry& entry) {
  const region::Code& code = entry.code;
  Writer w;
  const auto count = [](const auto& list) { return static_cast<u32>(list.size()); };
  w.put(Head{kMagic, 0, entry.head, entry.key.low, entry.key.high, code.instructions,
             count(entry.shape.indirect), count(entry.shape.leaders), count(code.exits), count(code.bytes),
             entry.shape.extent});
  for (const auto* list : {&entry.shape.indirect, &entry.shape.leaders})
    for (const u64 distance : *list) w.put(distance);
  for (const region::Exit& e : code.exits) {
    w.put(e.rip);
    w.put(bitsOf(e));
  }
  w.out.insert(w.out.end(), code.bytes.begin(), code.bytes.end());
  const u64 sum = sumOf(w.out);
  std::memcpy(w.out.data() + offsetof(Head, sum), &sum, sizeof sum);
  return w.out;
}

std::optional<Entry> decode(std::span<const u8> bytes) {
  if (bytes.size() < sizeof(Head) || bytes.size() > kMostEntryBytes) return {};
  Reader r(bytes);
  const Head head = r.get<Head>();
  if (head.magic != kMagic || head.sum != sumOf(bytes) || !isPlausible(head, r.rest().size())) return {};
  Entry entry{head.head, {head.keyLow, head.keyHigh}, {}, {}};
  entry.code.instructions = head.instructions;
  entry.shape.extent = head.extent;
  for (u32 i = 0; i < head.indirect; ++i) entry.shape.indirect.push_back(r.get<u64>());
  for (u32 i = 0; i < head.leaders; ++i) entry.shape.leaders.push_back(r.get<u64>());
  for (u32 i = 0; i < head.exits; ++i) {
    const u64 rip = r.get<u64>();
    const u8 bits = r.get<u8>();
    if (bits & ~kAllBits) return {};
    entry.code.exits.push_back({rip, (bits & kDynamic) != 0, (bits & kRestarts) != 0, (bits & kWrote) != 0});
  }
  entry.code.bytes.assign(r.rest().begin(), r.rest().end());
  return entry;
}

}  // namespace duet::tcg::cache
