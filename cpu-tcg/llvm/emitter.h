// Builds the IR of one region: the guest's registers and flags as values, ways in and out, the TLB probe.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>

#include <array>
#include <map>
#include <span>
#include <tuple>

#include "cpu-tcg/llvm/flags.h"
#include "cpu-tcg/plan/flow.h"
#include "cpu-tcg/plan/plan.h"
#include "cpu-tcg/plan/slot_hash.h"
#include "cpu-tcg/plan/strides.h"

namespace duet::tcg::region {

// Accesses of one straight path that lie at known distances from each other look at the TLB once, if the first of them looks for
// all: from where to where they reach from their common base, and whether one of them writes.
struct Window {
  i64 from = 0, to = 0;
  bool write = false;
};
// Reads of a table: its start and its size are known, the index is not (a byte, say). Where several are on a path, the first looks
// for all of the table.
struct Table {
  i64 from = 0, to = 0;
  bool shared = false;  // by several reads
};
// By the order in which they are opened. Filled, as FlagNeeds are, by building again.
struct WindowNeeds {
  std::vector<Window> windows;
  std::vector<Table> tables;
  // Bytes: of the longest that share what is remembered of the stack. Most are of a push or pop.
  u64 stackSpan = 8;
};

// Flags that are handed over one by one at the start of a node, as instructions of it, or of nodes that follow, ask for them: a bit
// mask by node. Grows while a region is built again and again, until nobody asks for more.
using FlagNeeds = std::vector<u8>;

class Emitter {
 public:
  Emitter(const Plan& plan, llvm::Function& function, FlagNeeds& needs, WindowNeeds& windows,
          std::vector<Exit>& exits);

  // False: a flag was asked for that `needs` has now; build again. The function is of no use.
  bool run();

  // --- for the instruction being built (algebra.h)
  const Plan& plan() const { return plan_; }
  const Step& step() const { return *step_; }
  Value* reg(unsigned n);
  void setReg(unsigned n, Value* v);
  Value* flag(Flag f);
  Value* condition(unsigned code);
  void setFlagBit(Flag f, Value* bit);
  void setFlags(FlagOp op, unsigned width, Value* a, Value* b, Value* c, Value* r);
  // base + (index << scale), either of which may be null; the same value for the same operands, so that windows know it again.
  Value* sum(Value* base, Value* index, unsigned scale);
  // The linear address of an offset in a segment, or what leaves the region where that takes more than an addition.
  Value* linear(isa::SegReg segment, Value* offset);
  // The host's address of [linear, +size); leaves unless the TLB has it.
  Value* host(Value* linear, unsigned size, bool write);
  // An address at a known distance from the region; and a sum that is added to it.
  Value* guestAddress(u64 address, Value* plus = nullptr);
  Value* load(Value* host, unsigned size);
  void store(Value* host, unsigned size, Value* v);
  // Atomic operations on guest memory at an address that host() found for a write: the old value; old and new.
  using Change = llvm::function_ref<Value*(Value* old)>;  // pure; may be called more than once
  Value* exchange(Value* host, Value* v);
  std::pair<Value*, Value*> modifyAtomically(Value* host, llvm::Type* type, Change change);
  // What has stored, otherwise, where host() found the address last.
  void stored(Value* host, unsigned size) { stores_.push_back({stateNow_, host, size}); }
  // Whether upper halves of vector registers may be other than 0 from now on.
  void setUppers(bool live) { storeAt(plan_.layout.uppersLive, number(64, live)); }
  // Leaves the region before the instruction unless `good`; it must not have changed anything yet.
  void leaveUnless(Value* good);
  // What fn changes is changed if the bit is set. It touches no memory.
  template <class Fn>
  void when(Value* bit, Fn fn) {
    if (auto* c = llvm::dyn_cast<llvm::ConstantInt>(bit)) {
      if (c->isOne()) fn();
      return;
    }
    Value* outer = when_;
    when_ = outer ? building->CreateAnd(outer, bit) : bit;
    fn();
    when_ = outer;
  }
  Value* isCanonical(Value* address);
  void jump(Value* target, Value* condition);  // null: always
  // Leaves before the instruction if the target turns out not to be canonical; nothing has changed yet.
  void checkTargetOutside();

 private:
  struct NodeState {
    llvm::BasicBlock* block = nullptr;  // where control enters it
    unsigned edges = 0;                 // into it
    bool checked = false;               // looks at the budget and the mailbox: every loop has one that does
    bool built = false;
    bool loopsAlone = false;  // control goes from its end to its start; then what that changes:
    Strides strides;
    u32 longest = 0;  // instructions from its start to the next check, at most
  };
  struct Store {
    Value* state;  // address of the page's word in Ram
    Value* host;
    unsigned size;
  };
  // A window that has been looked for: [base + its range) is at the same distance `addend` in the host.
  struct Open {
    Value* base;  // null: 0
    unsigned number;
    Value *addend, *state;
  };
  // What the TLB has: the entry's negated tag, and for a write where the page's word is.
  struct Entry {
    Value *tag, *addend, *state;
  };
  // Of a window in a loop: what was found there last. The range begins in the page below `limit`, which is 0 at first.
  struct Remembered {
    llvm::AllocaInst *tag = nullptr, *limit = nullptr, *addend = nullptr, *state = nullptr;
  };
  // A table that has been looked for, if it is shared: all of it is at the distance `addend` in the host, if `whole`.
  struct OpenTable {
    Value* base;  // null: 0
    unsigned number;
    Value *addend = nullptr, *whole = nullptr;
  };
  // What is known on a straight path.
  struct Path {
    Flags flags;
    Value* registers[16] = {};
    std::vector<Open> windows;
    std::vector<OpenTable> tables;
    std::map<std::tuple<Value*, Value*, unsigned>, Value*> sums;
  };

  void survey();
  void surveyFrom(unsigned node, std::vector<u8>& colour);
  u32 longestFrom(unsigned node);

  void makeEntry();
  bool hasOrigin() const;
  void makeNode(unsigned index);
  void check(unsigned index);
  Value* isCurrent();
  void enterNode(unsigned index);
  void makeStep(const Step& step);
  void finishStores();
  void finishNode();
  void leaveBeforeUnless(Value* good);
  void dispatch(llvm::BasicBlock* out);
  void jumpBySlot(const SlotHash& hash, Value* distance, std::span<const u64> distances,
                  std::span<llvm::BasicBlock* const> edges, llvm::BasicBlock* out);
  void makeLeave();

  llvm::BasicBlock* block(const char* name);
  // Where to go to reach `rip`: a node, made ready for it, or out.
  llvm::BasicBlock* edgeTo(u64 rip);
  void passFlags(unsigned node);
  void exitHere(const Exit& exit, u32 notRun, const Flags& flags);
  llvm::BasicBlock* restartBlock();
  void keepWords(const Flags& flags);
  void want(Flag f);
  void branch(Value* condition, llvm::BasicBlock* likely, llvm::BasicBlock* unlikely);
  u32 stepsLeft() const;  // of the node, from the present step on

  const Open& window(Value* linear, unsigned size, bool write);
  Value* addendOfTable(Value* linear, unsigned size);
  OpenTable* table(Value* base, Table reach);
  void openTable(OpenTable& table, Table reach);
  Open open(Value* base, Window range);
  Entry lookUp(Value* first, Value* last, bool write);
  Entry entryOf(Value* first, bool write);
  bool isSteady() const;
  unsigned slotsFor(bool write) const;
  u64 spanOf(unsigned slots, u64 span);
  Entry recall(Value* first, Value* last, u64 span, bool write);
  const Remembered& remembered(unsigned which);
  Value* stateOf(Value* host);

  std::pair<Value*, Value*> modifyInOne(llvm::Instruction* stand, Value* now, Value* place);
  std::pair<Value*, Value*> modifyUntilKept(Value* place, llvm::Type* type, Change change);

  Value* at(i32 offset);  // in the frame
  Value* loadAt(i32 offset, unsigned width = 64, bool constant = false);
  void storeAt(i32 offset, Value* v);
  Value* slot(const char* name, unsigned width);

  const Plan& plan_;
  llvm::Function& function_;
  FlagNeeds& needs_;
  WindowNeeds& windowNeeds_;
  std::vector<Exit>& exits_;
  const Flow flow_;
  std::vector<NodeState> nodes_;
  std::vector<Path> paths_;                    // by node, where it inherits
  Strides strides_;                            // of all nodes
  std::map<unsigned, Remembered> remembered_;  // by number of the window; kStackSlots
  std::deque<Made> made_;
  bool again_ = false, tablesChanged_ = false;

  Value *frame_ = nullptr, *origin_ = nullptr;
  llvm::BasicBlock* leave_ = nullptr;
  llvm::AllocaInst *gpr_[16] = {}, *bit_[kFlagCount] = {}, *kind_ = nullptr, *a_ = nullptr, *b_ = nullptr,
                   *c_ = nullptr, *over_ = nullptr, *left_ = nullptr, *exit_ = nullptr;
  u32 written_ = 0;  // registers the region changes

  // --- the node and the instruction being built
  unsigned node_ = 0;
  unsigned index_ = 0;  // of the step
  const Step* step_ = nullptr;
  u32 changed_ = 0;  // since the node's start
  Path path_;
  unsigned windows_ = 0, tables_ = 0;  // opened so far
  Value* leftNow_ = nullptr;
  llvm::BasicBlock* restart_ = nullptr;  // the way out before the present instruction
  Value* when_ = nullptr;
  std::vector<Store> stores_;
  Value* stateNow_ = nullptr;                   // of the page that host() found last for a write
  Value *target_ = nullptr, *taken_ = nullptr;  // of its branch
  llvm::BasicBlock* wrongTarget_ =
      nullptr;                       // where to go if nobody knows the target, and it is not canonical
  std::array<Value*, 16> before_{};  // registers to go there with, of those that the instruction changes
};

}  // namespace duet::tcg::region
