#include "tools/diff/system/places.h"

namespace duet::diff {
namespace {

using namespace stage;

// Before the border, so that at least a byte lies on either side.
u64 across(u64 border, unsigned size, Random& random) {
  return size < 2 ? border : border - 1 - random.below(size - 1);
}

u64 inPage(u64 page, unsigned size, Random& random) {
  u64 offset = random.below(size < 4096 ? 4096 - size : 1);
  if (size >= 512 || random.oneIn(2)) offset &= ~u64{63};  // areas of state must be aligned
  return page + offset;
}

// Pages of which each has other rights; all below 64 KiB.
constexpr u32 kPages[] = {kUserReadOnly,  kKernelData, kKernelReadOnly, kAbsent,
                          kUserNoExecute, kUserCode,   kKernelCode,     kStacks};
constexpr u32 kBorders[] = {kUserData1, kUserReadOnly,  kKernelData, kKernelReadOnly,
                            kAbsent,    kUserNoExecute, kUserData0};

u64 aliasPlace(const PlaceWish& wish, Random& random) {
  const u64 offset = inPage(0, wish.size, random);
  switch (random.below(wish.wide ? 8 : 6)) {
    case 0:
      return kLargeAliasPae + kUserData0 + offset;
    case 1:
      return kLargeAlias32 + kUserData0 + offset;
    case 2:
      return 3 * kLargeAliasPae + offset;  // a reserved bit, or nothing
    case 6:
      return kHighAlias + kUserData0 + offset;
    case 7:
      return wish.wraps && random.oneIn(2) ? across(u64{1} << 47, wish.size, random)
                                           : 0x0000900000000000 + offset;
    default:
      return kAliases + 0x1000 * random.below(8) + offset;
  }
}

}  // namespace

u64 stagePlace(const PlaceWish& wish, Random& random) {
  const u64 usual = inPage(random.oneIn(2) ? kUserData0 : kUserData1, wish.size, random);
  switch (random.below(12)) {
    case 0:
    case 1:
      return across(random.of(kBorders), wish.size, random);
    case 2:
    case 3:
    case 4: {
      u32 page = random.of(kPages);
      // Not the code that runs, nor the stacks in use.
      const u32 from = page == kUserCode || page == kKernelCode ? 0xc00 : 0;
      if (page == kStacks && random.oneIn(2)) page = kUserReadOnly;
      return inPage(page, wish.size, random) | from;
    }
    case 5:
    case 6:
      return wish.paged && !wish.narrow ? aliasPlace(wish, random) : usual;
    case 7:
      return wish.narrow && wish.wraps && !wish.paged ? 0xffff - random.below(wish.size) : usual;
    default:
      return usual;
  }
}

}  // namespace duet::diff
