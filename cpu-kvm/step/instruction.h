// What the next instruction is, as far as a step has to know: which ones a trap flag does not stop behind, or stops
// behind with the flag in the guest's hands, and which memory it touches.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "cpu-kvm/step/guest_view.h"

namespace duet::kvm {

enum class InstructionKind : u8 {
  Ordinary,
  Interrupt,  // INT n, INT3, INT1, and INTO that interrupts: `vector`
  Halt,
  Sti,
  LoadSs,  // MOV SS, POP SS
  PushFlags,
  PopFlags,
  InterruptReturn,
  SystemCall,
  SystemReturn,
  Undecoded
};

// Data that an instruction reads or writes, by linear address.
struct DataAccess {
  LinearAddr address;
  u64 size;  // bytes
  bool read, write;
};

// How the stack pointer's move is an access.
enum class StackUse : u8 { None, Pushes, Pops };

struct Instruction {
  InstructionKind kind = InstructionKind::Undecoded;
  u8 length = 0;
  u8 vector = 0;             // Interrupt
  u8 operandBytes = 0;       // PushFlags, PopFlags, InterruptReturn, LoadSs from the stack: of one item
  bool fromStack = false;    // LoadSs: POP
  u16 selector = 0;          // LoadSs: from a register
  bool loadsMemory = false;  // LoadSs: MOV SS, m16, which is in `accesses`
  bool repeated = false;     // a string instruction with REP: a step is an element
  StackUse stack = StackUse::None;
  std::vector<DataAccess> accesses;  // operands in memory
};

// The instruction at the view's CS:RIP. Undecoded when its bytes cannot be read or are none.
Instruction instructionAt(const GuestView& view);

}  // namespace duet::kvm
