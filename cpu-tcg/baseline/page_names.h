// Names for "this linear page maps that page of RAM". A TLB entry for code carries one (mmu::ExecTlbEntry), so whoever
// remembers a name sees at a glance that the page still lies there: after a flush, too, once the entry has come back.
#pragma once

#include <unordered_map>

#include "core/base/types.h"

namespace duet::tcg::baseline {

class PageNames {
 public:
  // Of all names at one time. A name is the short name and, above it, a number of the time it was given in.
  static constexpr unsigned kShortBits = 14;
  static constexpr u32 kShortMask = (1u << kShortBits) - 1;
  static constexpr u32 kNever = 0x80000001;  // no page's

  // The name, or 0: all are given. Then forget(), and tell whoever remembers short names.
  u32 of(u64 linearPage, u64 ramPage) {
    const auto [at, isNew] = names_.try_emplace({linearPage, ramPage}, 0);
    if (!isNew) return at->second;
    if (names_.size() >= kShortMask) return names_.erase(at), 0;
    return at->second = time_ | static_cast<u32>(names_.size());
  }
  // Names of before are never given again. False: there is no more time, and full names must go as well.
  bool forget() {
    names_.clear();
    time_ += kShortMask + 1;
    if (time_ < kNever - 1) return true;
    time_ = 0;
    return false;
  }

 private:
  struct Pages {
    u64 linear, ram;
    bool operator==(const Pages&) const = default;
  };
  struct Hash {
    size_t operator()(const Pages& p) const {
      return (p.linear * 0x9e3779b97f4a7c15u) ^ (p.ram * 0xc2b2ae3d27d4eb4fu);
    }
  };
  std::unordered_map<Pages, u32, Hash> names_;
  u32 time_ = 0;
};

}  // namespace duet::tcg::baseline
