// A case while it is made: which parts of the start state are decided already, the code and memory so far.
#pragma once

#include <array>
#include <span>

#include "tools/diff/generate/form.h"
#include "tools/diff/generate/layout.h"
#include "tools/diff/generate/register_choice.h"
#include "tools/diff/generate/touches.h"

namespace duet::diff {

// One instruction of a case.
struct MadeInstruction {
  FormKey form;     // row kInvalidRow: no row decodes it, on purpose
  u64 address = 0;  // RIP
  u8 length = 0;
  bool whole = true;  // all its bytes can be fetched
  Place operand;  // where the ModRM or moffs memory operand was sent, as its first byte; Anywhere: nowhere
};

inline constexpr unsigned kMostInstructions = 8;

struct GeneratedCase {
  Case c;
  std::array<MadeInstruction, kMostInstructions> made;
  unsigned count = 0;
};

// Its registers, segments, code and data.
class CaseBuilder : public RegisterChoice {
 public:
  CaseBuilder(const Target& target, u64 seed, GeneratedCase& out);

  const Target& target() const { return target_; }
  // What is decided, to be taken back when an attempt comes to nothing.
  struct Decisions {
    u16 decided, lost;
    u8 segments;
    size_t pieces;
  };
  Decisions decisions() const { return {decided_, lost_, segmentsDecided_, out_.c.pieces.size()}; }
  void takeBack(const Decisions& to) {
    decided_ = to.decided;
    lost_ = to.lost;
    segmentsDecided_ = to.segments;
    out_.c.pieces.resize(to.pieces);
  }

  // Base of a segment whose register is decided now if it was not. `narrow`: addresses have 16 bits.
  u64 segmentBase(tcg::isa::SegReg segment, Mood mood, bool narrow);
  // A linear place for `size` bytes that `segment` can reach with addresses of `addressSize` bytes, and its offset.
  struct Reached {
    Place place;
    u64 offset = 0;
  };
  Reached reach(tcg::isa::SegReg segment, unsigned addressSize, unsigned size, Mood mood);

  // What reach() is asked for is touched before the case's own code.
  void touchFirst() { touches_.begin(); }
  bool touchesFirst() const { return touches_.wanted(); }

  // Sends the next operand here instead of to a place of choice.
  void sendNextTo(u64 address) { forced_ = address; }

  // Where the next instruction begins.
  u64 here() const { return codeStart_ + codeSize_; }
  u64 codeStart() const { return codeStart_; }
  // Before the first instruction: code that may be written.
  void startInWritableCode();
  void addInstruction(std::span<const u8> bytes, const MadeInstruction& made);
  unsigned count() const { return out_.count; }

  // Bytes of data; what lies outside the data pages is dropped.
  void addData(u64 address, std::span<const u8> bytes);
  // An address for a branch: INT3 in a code page, sometimes where no code can be.
  u64 branchTarget(Mood mood);

  void finish();

 private:
  void chooseFlags();
  void chooseCodeStart();
  void chooseStackSegment();
  u16 chooseSelector(Mood mood, bool narrow);
  Place placeInTls(u16 selector, unsigned size, Mood mood);
  void touch(tcg::isa::SegReg segment, unsigned addressSize, unsigned size, const Reached& reached);
  void addCode();

  const Target& target_;
  GeneratedCase& out_;
  u8 segmentsDecided_ = 0;
  u64 forced_ = 0;
  Touches touches_;
  u64 codeStart_ = 0;
  unsigned codeSize_ = 0;
  std::array<u8, size_t{kMostInstructions} * 20> code_;
};

}  // namespace duet::diff
