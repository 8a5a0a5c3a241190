// Bytes to read: every encoding the tables call for, and chance. A string hangs on its number alone, so runs can be shared
// among threads and a report can name it.
#pragma once

#include <vector>

#include "cpu-tcg/isa/decoder.h"
#include "tools/diff/decode/reading.h"

namespace duet::diff {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual u64 count(CodeMode mode) const = 0;
  // `number` is below count(). Any thread.
  virtual ByteString make(u64 number, CodeMode mode) const = 0;
};

// Encodings of every row that exists in the mode. Two walks a row: every ModRM byte with every REX byte (or VEX fields) and
// address size, and every set of legacy prefixes with every REX byte on a few ModRM bytes. SIB, displacement, immediate,
// VEX.vvvv and the order of prefixes are by chance.
class TableSource final : public ByteSource {
 public:
  // `only`: of this row alone.
  explicit TableSource(u64 seed, const tcg::isa::Row* only = nullptr);
  u64 count(CodeMode mode) const override;
  ByteString make(u64 number, CodeMode mode) const override;

 private:
  struct Walk {
    u64 first;  // number of its first string
    const tcg::isa::Row* row;
    bool prefixes;  // the second walk
  };
  std::vector<Walk> walks_[3];
  u64 count_[3] = {};
  u64 seed_;
};

// A third of them pure chance; the others chance behind prefixes, escapes, VEX, XOP and EVEX, so that every map gets its share.
class ChanceSource final : public ByteSource {
 public:
  ChanceSource(u64 seed, u64 count) : seed_(seed), count_(count) {}
  u64 count(CodeMode) const override { return count_; }
  ByteString make(u64 number, CodeMode mode) const override;

 private:
  u64 seed_, count_;
};

}  // namespace duet::diff
