// What the region compiler is given, and what it gives back: values alone, so that they pass to another thread and into a module.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::region {

// How the host carries an instruction out by the guest's own opcode, on the guest's vector registers, which are in the processor's of
// the same numbers while the region runs.
struct HostStep {
  static constexpr u8 kNoRegister = 0xff;
  std::array<u8, 16> bytes{};
  u8 count = 0;      // of them; 0: the host does not
  u8 access = 0;     // bytes of the memory operand, which is taken to be at [RSI]; 0: there is none
  u8 alignMask = 0;  // address bits that must be 0
  bool writes = false;
  std::array<u8, isa::kMaxOperands> registers{};  // of the host: by operand, where that is a general register
  enum class Uppers : u8 {
    Stay,
    Live,
    Zero
  } uppers = Uppers::Stay;  // upper halves of vector registers afterwards
};

// A guest instruction of a region.
struct Step {
  isa::Insn insn;
  u64 rip = 0, next = 0;       // of it and behind it
  std::array<u8, 15> bytes{};  // `insn.length` of them
  HostStep host{};
};

// A straight run of them; control may enter at the first alone. Ends with a branch, or goes on at `next`.
struct Node {
  u64 rip = 0;
  std::vector<Step> steps;
  u64 next = 0;
};

// A page that code of a region lies in.
struct CodePage {
  u64 linear = 0;   // its address
  u64 ram = 0;      // page of RAM that it maps
  u32 version = 0;  // of that page, under which it was decoded
  bool operator==(const CodePage&) const = default;
};

// What of the guest's has to be in the processor when a region begins: vector registers, with upper halves for AVX, and MXCSR.
struct Units {
  bool sse = false, avx = false, mxcsr = false;
};

// What was looked at to form a plan; more than is in it where bounds were met.
struct Extent {
  u32 instructions = 0, nodes = 0;
  u16 pages = 0;
  u16 loopOnly = 0;  // 1: what control does not come back from was left out
  bool operator==(const Extent&) const = default;
};

// Where things lie from the address of the Frame (cpu-tcg/baseline/frame.h) that a region is called with.
struct Layout {
  std::array<i32, 16> gpr{};
  std::array<i32, 6> segmentBase{};
  i32 remaining = 0, mail = 0, flags = 0;
  i32 flagKind = 0, flagA = 0, flagB = 0, flagC = 0, flagOver = 0;
  i32 exitRip = 0, wroteHost = 0, wroteSize = 0;
  i32 uppersLive = 0;  // 8 bytes: whether upper halves in the processor may be other than 0
  i32 states = 0;      // upper halves of Ram::states(), for page numbers of host addresses
  i32 origin = 0;      // Plan::origin()
  i32 guards = 0;      // where the region's guards lie
  i32 tlbRead = 0, tlbWrite = 0, tlbAddend = 0;  // Tlb::Bank, of the bank in use
  u32 tlbMask = 0;                               // of page numbers: which element
  u32 quiet = 0;                                 // such a half (Ram::isQuiet)
};

// A region of 64-bit code: nodes[0] is where it is entered. What depends on the pages of RAM it finds in the Frame, and if it
// `moves`, so it does its origin, or that is in Code::exits.
struct Plan {
  std::vector<Node> nodes;
  std::vector<u64> indirect;    // where indirect jumps and calls are taken to go, most of the time
  std::vector<CodePage> pages;  // nodes[0] lies in the first
  std::vector<u64> leaders;     // where control was taken to go at all
  Extent extent;
  Units units;
  bool amd = false;
  bool alone = false;  // VcpuEnv's
  u8 canonicalShift = 16;
  u64 decoding = 0;  // what decoding depended on beside the bytes, as a hash
  Layout layout;
  bool moves = false;  // the compiled code is to be good wherever the same guest code lies
  u64 origin() const { return nodes[0].rip & ~kPageMask; }
  // Whether an immediate or a displacement is taken for an address that lies as far from the code wherever both are: kernels move as a
  // whole (KASLR), and have absolute addresses in their code. Right for any number, as the distance is part of what the code is.
  bool movesAlong(u64 number) const {
    constexpr u64 kReach = 64_MiB;
    return origin() >> 63 && number - origin() + kReach < 2 * kReach;
  }
  // Tests plant bugs with it: the name by which an instruction is built, from its row's.
  std::string_view (*rename)(std::string_view) = nullptr;
};

// Beside the region's code, one for each of its pages: the page's word of Ram::states(), and its version while the code there is what
// was decoded. So the region's own bytes do not depend on where in RAM its guest code lies.
struct Guard {
  u64 word = 0;
  u64 version = 0;
};

// A way out of a region.
struct Exit {
  u64 rip = 0;
  bool dynamic = false;   // goes to where Layout::exitRip says instead
  bool restarts = false;  // nothing has run since the region's head: not to be entered again at once
  bool wrote = false;     // first C++ is told of a store (wroteHost, wroteSize)
};

// u64 region(): called with the Frame above the return address; the guest's registers in the context, its flags in the frame.
// Clobbers all registers of the host but RSP; returns the number of an exit, everything as at its entry.
struct Code {
  std::vector<u8> bytes;  // position-independent, entry at 0
  std::vector<Exit> exits;
  u32 instructions = 0;  // of the guest
  u64 nanoseconds = 0;   // of a processor, that it took
};

class Compiler {
 public:
  virtual ~Compiler() = default;
  // Empty `bytes`: cannot be compiled.
  virtual Code compile(const Plan& plan) = 0;
  // Of the library that makes the code, as it runs here.
  virtual std::string version() const = 0;
};

// What passes between duet and the module, as a number: two builds that differ in the size of any of it do not fit together.
inline constexpr u64 kPlanShape = [] {
  u64 hash = 0;
  for (const size_t size : {sizeof(isa::Row), sizeof(isa::Insn), sizeof(HostStep), sizeof(Step), sizeof(Node),
                            sizeof(Layout), sizeof(Plan), sizeof(Exit), sizeof(Code)})
    hash = (hash ^ size) * 0x100000001b3;  // FNV-1a
  return hash;
}();

// What the module exports under kCompilerSymbol: with another kPlanShape than its own it makes none, null.
using MakeCompiler = Compiler* (*)(u64 planShape);
inline constexpr const char* kCompilerSymbol = "duetMakeRegionCompilerOfShape";
inline constexpr const char* kCompilerModule = "duet-llvm.so";

}  // namespace duet::tcg::region
