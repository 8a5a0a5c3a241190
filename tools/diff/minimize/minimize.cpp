#include "tools/diff/minimize/minimize.h"

#include <algorithm>
#include <cstring>

#include "core/cpu/registers.h"
#include "tools/diff/case/case_bytes.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff {
namespace {

// Of RFLAGS: bit 1, and interrupts, which no user world can turn off.
constexpr u64 kAlwaysSet = 2 | kFlagIf;

class Search {
 public:
  Search(const Case& start, const Decoder& decoder, const StillShows& shows, unsigned mostTries)
      : best_(start), decoder_(decoder), shows_(shows), left_(mostTries), most_(mostTries) {}

  Minimized run() {
    bool smaller = true;
    while (smaller && left_ > 0) {
      smaller = false;
      smaller |= removeInstructions();
      smaller |= removeCodeBytes();
      smaller |= removePieces();
      smaller |= plainState();
      smaller |= plainMemory();
    }
    return {best_, most_ - left_};
  }

 private:
  bool take(Case candidate) {
    if (left_ == 0) return false;
    --left_;
    if (!shows_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  size_t codeIndex() const {
    const Piece* piece = codePiece(best_);
    return piece ? static_cast<size_t>(piece - best_.pieces.data()) : best_.pieces.size();
  }

  // Of the code's piece, [from, from + size); what follows moves up.
  bool withoutCode(size_t from, size_t size) {
    const size_t at = codeIndex();
    if (at == best_.pieces.size() || size >= best_.pieces[at].bytes.size()) return false;
    Case c = best_;
    auto& bytes = c.pieces[at].bytes;
    if (from + size > bytes.size()) return false;
    bytes.erase(bytes.begin() + static_cast<long>(from), bytes.begin() + static_cast<long>(from + size));
    return take(std::move(c));
  }

  // The last ones first: they are the likeliest to be idle, and those before keep their places.
  bool removeInstructions() {
    bool any = false;
    for (size_t n = codeLines(best_, decoder_).size(); n-- > 0;) {
      const auto lines = codeLines(best_, decoder_);
      if (n >= lines.size() || lines.size() < 2) continue;
      any |= withoutCode(lines[n].address - lines[0].address, lines[n].bytes.size());
    }
    return any;
  }

  bool removeCodeBytes() {
    bool any = false;
    const size_t at = codeIndex();
    if (at == best_.pieces.size()) return false;
    for (size_t i = best_.pieces[at].bytes.size(); i-- > 0;) any |= withoutCode(i, 1);
    return any;
  }

  bool removePieces() {
    bool any = false;
    for (size_t i = best_.pieces.size(); i-- > 0;) {
      if (i == codeIndex()) continue;
      Case c = best_;
      c.pieces.erase(c.pieces.begin() + static_cast<long>(i));
      if (take(std::move(c))) {
        any = true;
      } else {
        any |= clearPiece(i);
      }
    }
    return any;
  }

  // Halves of a piece as zeros, then halves of the halves.
  bool clearPiece(size_t index) { return clearRange(index, 0, best_.pieces[index].bytes.size()); }

  bool clearRange(size_t index, size_t from, size_t to) {
    const auto& bytes = best_.pieces[index].bytes;
    const bool clear = std::all_of(bytes.begin() + static_cast<long>(from),
                                   bytes.begin() + static_cast<long>(to), [](u8 b) { return b == 0; });
    if (clear || left_ == 0) return false;
    Case c = best_;
    std::fill(c.pieces[index].bytes.begin() + static_cast<long>(from),
              c.pieces[index].bytes.begin() + static_cast<long>(to), u8{0});
    if (take(std::move(c))) return true;
    if (to - from == 1) return false;
    const size_t middle = from + (to - from) / 2;
    const bool first = clearRange(index, from, middle);
    return clearRange(index, middle, to) || first;
  }

  bool setTo(const StateField& field, const CpuState& from) {
    if (std::memcmp(field.in(best_.start), field.in(from), field.size) == 0) return false;
    Case c = best_;
    std::memcpy(field.in(c.start), field.in(from), field.size);
    return take(std::move(c));
  }

  // Values as at the start of the world, or 0, or with single bytes of them 0.
  bool plainState() {
    CpuState plain = best_.world == World::System ? resetState(true) : userState(best_.world);
    bool any = false;
    for (const StateField& field : stateFields()) {
      if (field.name == "rip" || field.name == "xstate_bv") continue;
      if (std::memcmp(field.in(best_.start), field.in(plain), field.size) == 0) continue;
      any |= setTo(field, plain) || plainBytes(field);
    }
    return any;
  }

  bool plainBytes(const StateField& field) {
    bool any = false;
    for (unsigned i = 0; i < field.size; ++i) {
      if (field.in(best_.start)[i] == 0) continue;
      Case c = best_;
      field.in(c.start)[i] = 0;
      c.start.rflags |= kAlwaysSet;
      if (c.start == best_.start) continue;
      any |= take(std::move(c));
    }
    return any;
  }

  // Pages gone, or as one byte throughout: INT3 where code is, since that ends every run.
  bool plainMemory() {
    bool any = removePages(0, best_.memory->pages.size());
    for (size_t i = best_.memory->pages.size(); i-- > 0;) {
      const PageAccess access = best_.memory->pages[i].access;
      PageBytes plain;
      plain.fill(access == PageAccess::ReadExecute || access == PageAccess::ReadWriteExecute ? 0xcc : 0);
      if (plain == best_.memory->pages[i].bytes) continue;
      any |= withPages([&](Memory& m) { m.pages[i].bytes = plain; });
    }
    return any;
  }

  // Many at once, for other memory costs an engine a new machine; the last ones first, so that those before keep their
  // places.
  bool removePages(size_t from, size_t to) {
    if (from == to || left_ == 0) return false;
    const auto erase = [&](Memory& m) {
      m.pages.erase(m.pages.begin() + static_cast<long>(from), m.pages.begin() + static_cast<long>(to));
    };
    if (withPages(erase)) return true;
    if (to - from == 1) return false;
    const size_t middle = from + (to - from) / 2;
    const bool last = removePages(middle, to);
    return removePages(from, middle) || last;
  }

  template <class Change>
  bool withPages(Change change) {
    auto memory = std::make_shared<Memory>(*best_.memory);
    change(*memory);
    if (memory->pages.empty() || !covers(*memory)) return false;
    Case c = best_;
    c.memory = std::move(memory);
    return take(std::move(c));
  }

  bool covers(const Memory& memory) const {
    const auto has = [&](u64 a) {
      return std::ranges::binary_search(memory.pages, a & ~(sizeof(PageBytes) - 1), {}, &Page::address);
    };
    return std::ranges::all_of(best_.pieces, [&](const Piece& p) {
      for (u64 a = p.address; a < p.address + p.bytes.size(); ++a)
        if (!has(a)) return false;
      return true;
    });
  }

  Case best_;
  const Decoder& decoder_;
  const StillShows& shows_;
  unsigned left_, most_;
};

}  // namespace

Minimized minimize(const Case& start, const Decoder& decoder, const StillShows& shows, unsigned mostTries) {
  return Search(start, decoder, shows, mostTries).run();
}

}  // namespace duet::diff
