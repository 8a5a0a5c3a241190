#include "tools/diff/generate/layout.h"

#include <cstring>

#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

constexpr u8 kInt3 = 0xcc;

void addPage(Memory& memory, u64 address, PageAccess access, Random* random) {
  Page page{.address = address, .access = access};
  page.bytes.fill(kInt3);
  for (unsigned at = 0; random && at < page.bytes.size(); at += 8) {
    const u64 value = edgeMemory(*random);
    std::memcpy(page.bytes.data() + at, &value, 8);
  }
  memory.pages.push_back(page);
}

struct Weight {
  PlaceKind kind;
  unsigned weight;
};

constexpr Weight kCalm[] = {{PlaceKind::Aligned, 10},
                            {PlaceKind::Unaligned, 5},
                            {PlaceKind::CrossFine, 1},
                            {PlaceKind::WritableCode, 1}};

constexpr Weight kAny[] = {{PlaceKind::Aligned, 20},
                           {PlaceKind::Unaligned, 12},
                           {PlaceKind::CrossFine, 5},
                           {PlaceKind::CrossToReadOnly, 2},
                           {PlaceKind::CrossFromReadOnly, 2},
                           {PlaceKind::CrossToAbsent, 3},
                           {PlaceKind::CrossFromAbsent, 3},
                           {PlaceKind::ReadOnly, 3},
                           {PlaceKind::Absent, 2},
                           {PlaceKind::Code, 1},
                           {PlaceKind::WritableCode, 2},
                           {PlaceKind::KernelHalf, 1},
                           {PlaceKind::NonCanonical, 2}};

template <size_t N>
PlaceKind weighted(const Weight (&list)[N], Random& random) {
  unsigned total = 0;
  for (const Weight& w : list) total += w.weight;
  unsigned at = random.below(total);
  for (const Weight& w : list) {
    if (at < w.weight) return w.kind;
    at -= w.weight;
  }
  return list[0].kind;
}

// Before `boundary`, so that at least a byte lies on either side.
u64 across(u64 boundary, unsigned size, Random& random) {
  return size < 2 ? boundary : boundary - 1 - random.below(size - 1);
}

u64 within(u64 from, u64 to, unsigned size, Random& random) {
  return from + random.below(static_cast<unsigned>(to - from) - size + 1);
}

u64 alignedData(unsigned size, Random& random) {
  const u64 page = random.oneIn(2) ? kData0 : kData1;
  return page + 64 * random.below((4096 - size) / 64 + 1);
}

u64 absentAddress(Random& random) {
  static constexpr u64 kList[] = {kDataEnd + 0x800, kNoExecuteEnd + 0x10, kWritableCodeEnd + 0xff0, 0, 8,
                                  0x7fff0000};
  return random.of(kList);
}

u64 kernelAddress(World world, Random& random) {
  static constexpr u64 kHigh[] = {0xffff800000000000, 0xffff888000001000, 0xfffffffffffffff8,
                                  0xffffffff80000000};
  return world == World::User64 ? random.of(kHigh) : 0xc0000000 + random.below(4096);
}

u64 nonCanonicalAddress(Random& random) {
  static constexpr u64 kList[] = {0x0000800000000000, 0xffff7ffffffffff0, 0x8000000000000000,
                                  0x7fffffffffffffff, 0x1000000030001000};
  return random.of(kList);
}

u64 addressOf(PlaceKind kind, World world, unsigned size, Random& random) {
  switch (kind) {
    case PlaceKind::Aligned:
      return alignedData(size, random);
    case PlaceKind::Unaligned:
      return within(kData0, kData1 + 0x1000, size, random);
    case PlaceKind::CrossFine:
      return across(kData1, size, random);
    case PlaceKind::CrossToReadOnly:
      return across(kReadOnly, size, random);
    case PlaceKind::CrossFromReadOnly:
      return across(kData2, size, random);
    case PlaceKind::CrossToAbsent:
      return across(kDataEnd, size, random);
    case PlaceKind::CrossFromAbsent:
      return across(kData0, size, random);
    case PlaceKind::ReadOnly:
      return within(kReadOnly, kReadOnly + 0x1000, size, random);
    case PlaceKind::Absent:
      return absentAddress(random);
    case PlaceKind::Code:
      return within(kCode0 + kOperandsFrom, kCode0 + kTargetsFrom, size, random);
    case PlaceKind::WritableCode:
      return within(kWritableCode + kOperandsFrom, kWritableCode + kTargetsFrom, size, random);
    case PlaceKind::KernelHalf:
      return kernelAddress(world, random);
    case PlaceKind::NonCanonical:
      return nonCanonicalAddress(random);
    case PlaceKind::SegmentEnd:
    case PlaceKind::OwnCode:
    case PlaceKind::Anywhere:
      break;
  }
  return 0;
}

}  // namespace

std::shared_ptr<const Memory> userMemory(u64 seed) {
  Random random(seed);
  auto memory = std::make_shared<Memory>();
  addPage(*memory, kData0, PageAccess::ReadWrite, &random);
  addPage(*memory, kData1, PageAccess::ReadWrite, &random);
  addPage(*memory, kReadOnly, PageAccess::Read, &random);
  addPage(*memory, kData2, PageAccess::ReadWrite, &random);
  addPage(*memory, kCode0, PageAccess::ReadExecute, nullptr);
  addPage(*memory, kCode1, PageAccess::ReadExecute, nullptr);
  addPage(*memory, kNoExecute, PageAccess::ReadWrite, &random);
  addPage(*memory, kWritableCode, PageAccess::ReadWriteExecute, nullptr);
  return memory;
}

bool isPresent(u64 address) {
  return (address >= kData0 && address < kDataEnd) || (address >= kCode0 && address < kNoExecuteEnd) ||
         (address >= kWritableCode && address < kWritableCodeEnd);
}

bool isWritable(u64 address) {
  const u64 page = address & ~u64{0xfff};
  return isPresent(address) && page != kReadOnly && page != kCode0 && page != kCode1;
}

Place choosePlace(World world, Mood mood, bool reach32, unsigned size, Random& random) {
  PlaceKind kind = mood == Mood::Calm ? weighted(kCalm, random) : weighted(kAny, random);
  if (kind == PlaceKind::NonCanonical && (world != World::User64 || reach32)) kind = PlaceKind::Unaligned;
  if (kind == PlaceKind::KernelHalf && world == World::User64 && reach32) kind = PlaceKind::Aligned;
  if (size > 64 && mood == Mood::Any && random.oneIn(2)) kind = PlaceKind::Aligned;
  return {kind, addressOf(kind, world, size, random)};
}

}  // namespace duet::diff
