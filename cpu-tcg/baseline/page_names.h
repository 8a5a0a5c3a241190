// Names for "this linear page maps that page of RAM". A TLB entry for code carries one (mmu::ExecTlbEntry), so whoever
// remembers a name sees at a glance that the page still lies there: after a flush, too, once the entry has come back.
// A page whose code was written to is named anew when somebody comes to what was made of it before: then all who know such code
// by the old name find what there is now.
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

  // The name of the page with code of that version, or 0: all are given. Then forget(), and tell whoever remembers short names.
  u32 of(u64 linearPage, u64 ramPage, u32 version) {
    Name& name = names_[{linearPage, ramPage}];
    if (name.given && name.version == version) return name.given;
    if (given_ >= kShortMask - 1) return 0;
    name = {time_ | ++given_, version};
    return name.given;
  }
  // Names of before are never given again. False: there is no more time, and full names must go as well.
  u32 time() const { return time_; }
  bool forget() {
    names_.clear();
    given_ = 0;
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
  struct Name {
    u32 given = 0, version = 0;
  };
  std::unordered_map<Pages, Name, Hash> names_;
  u32 time_ = 0, given_ = 0;
};

}  // namespace duet::tcg::baseline
