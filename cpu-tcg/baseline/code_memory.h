// Code memory of a machine, with all that refers to what lies in it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>

#include "core/base/pool.h"
#include "cpu-tcg/baseline/hot_code.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/native/code_arena.h"

namespace duet::tcg::baseline {

// Hot code lies apart from cold code and data: what a guest kernel does for one system call are thousands of blocks, and lines and
// pages of which half is cold do not fit into a processor's caches.
// It fills up and goes as a whole (CodeStore). What is in it stays where it is and right until then, so whoever has found code
// here may run it without a lock, and go on to other code of it.
class CodeMemory {
 public:
  // `advisor` outlives it.
  static Result<std::unique_ptr<CodeMemory>> create(u32 size, u32 epoch, const Places& places,
                                                    MemoryAdvisor& advisor);

  const u32 epoch;  // its number among those of its store
  const Thunks& thunks() const { return thunks_; }
  const u8* begin() const { return begin_; }  // where the thunks are

  // --- any thread, without a lock
  CodeBlock* find(const Block& block) const;
  static Translation* find(const CodeBlock& block, u64 rip, u32 variant);
  bool hasCode(u64 position, u8 decodeKey, u32 version) const;
  // The jump that ends at `site` goes to `to` from now on. Two who do so mean the same place: a jump within a page, of one
  // variant, has one target as long as its own code is valid.
  void setJump(u32 site, const u8* to);

  // --- any thread, with a lock of their own, that is held for a moment
  // The jump across pages of the link goes to `to`, where the page's name is `name`. False: it goes to the page of another name, or
  // always did.
  bool setJump(const Link& link, u32 name, const u8* to);
  // The second page of the translation's instruction has this name now. It names that page of RAM in any case: who sees it late finds
  // another name than that of the page there, and asks C++.
  void setSecond(Translation& of, u32 name);
  // Where else it stands, and is not known.
  void addSecond(Translation& of, const u8* site);
  // The name of "this linear page maps that page of RAM, with code of that version", and of which time (PageNames). 0: all names are
  // given, and nobody may forget them.
  struct Name {
    u32 name, time;
  };
  Name nameOf(u64 linearPage, u64 ramPage, u32 version, bool mayForget);

  // --- one thread at a time: CodeStore's lock
  CodeBlock& blockOf(const Block& block);  // found, or made
  Translation& add(CodeBlock& block, u64 rip, u32 variant, const u8* code, const Entries& entries);
  CodeSlot peek() const { return arena_->peek(); }
  CodeSlot allocate(size_t size) { return arena_->allocate(static_cast<u32>(size)); }
  // Where code for two places (UnitCode) will lie; and null when it does not fit.
  u64 hotAddress() const { return reinterpret_cast<u64>(arena_->peek().execute); }
  u64 coldAddress() const { return reinterpret_cast<u64>(arena_->peekCold().execute); }
  const u8* place(const UnitCode& made);
  u32 used() const { return arena_->used(); }
  u32 usedCold() const { return arena_->usedCold(); }
  // Who comes to the block's code goes to `to` from now on; until it is restored.
  using Jump = std::array<u8, kRedirectSize>;
  struct Displaced {
    Jump first{}, second{};
  };
  Displaced redirect(const Translation& translation, const u8* to);
  void restore(const Translation& translation, const Displaced& displaced);
  // Numbers from 1 on; 0: there is none left.
  u32 segmentNumber(const CodeSegment& segment);
  // Where the link's jump goes when the name is another one, and whether it still goes to C++ (it is asked once for each).
  bool takesDetour(const Link& link) { return detours_.insert(u32{link.site}).second; }
  void setDetour(const Link& link, const u8* to);

 private:
  CodeMemory(u32 number, std::unique_ptr<CodeArena> arena, MemoryAdvisor& advisor);
  Result<> placeThunks(const Places& places);
  std::atomic<CodeBlock*>& head(u64 position) const {
    return reinterpret_cast<std::atomic<CodeBlock*>*>(buckets_.data())[placeHash(position, kBucketBits)];
  }
  void setDisplacement(u32 site, u32 value);
  Jump putJump(const u8* from, const u8* to);

  static constexpr unsigned kBucketBits = 16;

  const std::unique_ptr<CodeArena> arena_;
  const u8* begin_ = nullptr;
  Thunks thunks_;
  ZeroMemory buckets_;
  Pool<CodeBlock> blocks_;
  Pool<Translation> translations_;
  std::map<u64, u32> segments_;  // numbers of code segments; that of all memory is 0
  std::set<u32> detours_;

  std::mutex links_;  // innermost
  std::mutex naming_;
  PageNames names_;
  bool namesEnded_ = false;
};

}  // namespace duet::tcg::baseline
