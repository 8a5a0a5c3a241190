// The guest's six arithmetic flags while IR is built: nothing is emitted for them before somebody asks.
#pragma once

#include <deque>

#include "cpu-tcg/llvm/word.h"
#include "cpu-tcg/region/flag_kind.h"

namespace duet::tcg::region {

// In the order of kFlagBits.
enum Flag : unsigned { kCf, kPf, kAf, kZf, kSf, kOf };
inline constexpr unsigned kFlagCount = 6;
Flag flagOf(u32 mask);

// An operation that made flags.
struct Made {
  FlagOp op;
  unsigned width;
  Value *a, *b, *c, *r;  // operands, carry (one bit), result; those it has
};

// As a region's exits hand them over (region/flag_kind.h); 64 bits each.
struct FlagWords {
  Value *kind, *a, *b, *c, *over;
};

class Flags {
 public:
  enum class Source : u8 { Entry, Op, Bit };

  // At the start of a node: nothing is known but what `words` hold.
  static Flags entering(FlagWords words);
  void know(Flag f, Value* bit);  // of an entering state: it says the same as the words

  void set(const Made* made);  // all six, or five: INC and DEC leave CF, whose value `made` has too
  void setBit(Flag f, Value* bit);
  void setBitWhen(Flag f, Value* condition, Value* bit);  // else it stays what it is

  bool isKnown(Flag f) const { return source_[f] != Source::Entry; }
  Value* bit(Flag f) const;  // emits it; it must be known
  Value* condition(unsigned code) const;
  FlagWords words() const;  // for an exit, or a joint: what makes them
  bool conditionNeeds(unsigned code, Flag& missing) const;

 private:
  const Made* uniform() const;
  Value* fromOp(const Made& made, Flag f) const;
  Value* byOne(const Made& made, unsigned code) const;
  FlagWords changedWords() const;

  FlagWords entry_{};
  u8 changed_ = 0;  // since the node's start: a bit mask
  Source source_[kFlagCount] = {};
  const Made* made_[kFlagCount] = {};
  Value* bits_[kFlagCount] = {};
  Value* when_[kFlagCount] =
      {};  // of a flag that is not known: it was set to the bit if this is true; null: it was not
};

// Bit f of the flags themselves (kFlagsThemselves).
Value* bitOfThemselves(Value* word, Flag f);

}  // namespace duet::tcg::region
