// Integer instructions against the processor itself: registers, memory and flags after each, on edge
// values and pseudo-random ones, in all widths, register and memory forms.
#include <random>

#include "cpu-tcg/native/host_flags.h"
#include "tests/unit/sem/fixture.h"
#include "tests/unit/sem/host_runner.h"

namespace duet::tcg {
namespace {

using Bytes = std::vector<u8>;

constexpr u64 kEdges[] = {0,
                          1,
                          2,
                          0x7f,
                          0x80,
                          0xff,
                          0x100,
                          0x7fff,
                          0x8000,
                          0xffff,
                          0x10000,
                          0x7fffffff,
                          0x80000000,
                          0xffffffff,
                          0x100000000,
                          0x7fffffffffffffff,
                          0x8000000000000000,
                          0xffffffffffffffff,
                          0x5555555555555555,
                          0xaaaaaaaaaaaaaaaa};

// Bytes of an instruction in one width; 8-bit forms have opcodes of their own.
Bytes sized(unsigned width, Bytes opcode) {
  Bytes out;
  if (width == 16) out.push_back(0x66);
  if (width == 64) out.push_back(0x48);
  out.insert(out.end(), opcode.begin(), opcode.end());
  return out;
}

std::string hex(const Bytes& bytes) {
  std::string s;
  for (u8 b : bytes) s += fmt::format("{:02x} ", b);
  return s;
}

class AgainstHost : public SemTest {
 protected:
  AgainstHost() { ctx_->amd = !hostIsIntel(); }

  // rbx (and rdi, rsi when `strings`) are left pointing into the memory.
  void setRandomState(unsigned round, bool memoryForm, bool strings = false) {
    const auto pick = [&]() -> u64 {
      const u64 r = random_();
      if (r % 3 == 0) return random_();
      return kEdges[(r >> 8) % std::size(kEdges)] + (r % 5 == 0 ? (r >> 40) % 5 - 2 : 0);
    };
    for (auto& r : ctx_->arch.gpr) r = pick();
    if (round % 2) reg(kRcx) = random_() % 70;  // shift counts
    initial_.resize(kMemorySize);
    for (u64 i = 0; i < kMemorySize; i += 8) {
      const u64 v = pick();
      std::memcpy(&initial_[i], &v, 8);
    }
    if (memoryForm) reg(kRbx) = address() + kPageSize / 2 + 16 * (round % 8);
    if (strings) {
      reg(kRsi) = address() + kPageSize + random_() % 64 - 32;
      reg(kRdi) = address() + kPageSize + random_() % 64 - 32;
      reg(kRcx) = random_() % 40;
      for (u64 i = 0; i < kMemorySize; ++i) initial_[i] = random_() % 20 ? 7 : 8;
      reg(kRax) = 0x0707070707070707;
    }
    flags_ = static_cast<u32>(random_()) & kFlagsArithmetic;
    if (strings && random_() % 2) flags_ |= kFlagDf;
  }

  void check(const Bytes& bytes, unsigned rounds = 40, bool memoryForm = false, bool strings = false) {
    for (unsigned round = 0; round < rounds; ++round) {
      setRandomState(round, memoryForm, strings);
      HostState host;
      host.gpr = ctx_->arch.gpr;
      host.gpr[kRsp] = reg(kRsp) = 0;
      host.flags = flags_ | 0x202;
      std::memcpy(memory(), initial_.data(), kMemorySize);
      const bool hostOk = runOnHost(bytes, host);
      const Bytes hostMemory(memory(), memory() + kMemorySize);

      std::memcpy(memory(), initial_.data(), kMemorySize);
      const auto before = ctx_->arch.gpr;
      ctx_->flags.set(flags_);
      ctx_->arch.rflags = 0x202 | (flags_ & kFlagDf);
      const auto fault = run(bytes);
      const std::string what =
          fmt::format("{}({}) round {} flags {:x}", hex(bytes), insn_.row->mnemonic, round, flags_);
      ASSERT_EQ(fault.has_value(), !hostOk) << what;
      if (fault) {
        ASSERT_EQ(ctx_->arch.gpr, before) << what;
        continue;
      }
      for (unsigned r = 0; r < 16; ++r)
        ASSERT_EQ(ctx_->arch.gpr[r], host.gpr[r]) << what << "reg " << r
                                                  << fmt::format(" rax {:x} rcx {:x} rdx {:x} rbx {:x}",
                                                                 before[0], before[1], before[2], before[3]);
      ASSERT_EQ(0, std::memcmp(memory(), hostMemory.data(), kMemorySize)) << what;
      ASSERT_EQ(ctx_->flags.arithmetic() & compared_, host.flags & compared_)
          << what
          << fmt::format(" rax {:x} rcx {:x} rdx {:x} rbx {:x}", before[0], before[1], before[2], before[3]);
    }
  }

  // Register form "rm, reg" with rm = rDX, reg = rAX; a memory form [rBX + 8]; and with LOCK.
  void checkModrm(unsigned width, Bytes opcode, unsigned regField, Bytes immediate = {}, bool lock = false,
                  unsigned rounds = 40) {
    Bytes reg = opcode, mem = opcode, sib = opcode;
    reg.push_back(static_cast<u8>(0xc2 | regField << 3));
    mem.push_back(static_cast<u8>(0x43 | regField << 3));
    mem.push_back(8);
    for (Bytes* b : {&reg, &mem}) b->insert(b->end(), immediate.begin(), immediate.end());
    check(sized(width, reg), rounds);
    check(sized(width, mem), rounds, true);
    if (!lock) return;
    Bytes locked = sized(width, mem);
    locked.insert(locked.begin(), 0xf0);
    check(locked, rounds, true);
  }

  std::mt19937_64 random_{1};
  u32 compared_ = kFlagsArithmetic;
  Bytes initial_;
  u32 flags_ = 0;
};

constexpr unsigned kWide[] = {16, 32, 64};

TEST_F(AgainstHost, ArithmeticAndLogic) {
  for (u8 op = 0; op < 0x40; op = static_cast<u8>(op + 8)) {
    const bool lock = op != 0x38;
    checkModrm(8, {op}, 0, {}, lock);
    checkModrm(8, {static_cast<u8>(op + 2)}, 0);
    checkModrm(8, {op}, 4, {}, lock);  // AH
    check({static_cast<u8>(op + 4), 0x80});
    checkModrm(8, {0x80}, op >> 3, {0x93}, lock);
    for (unsigned w : kWide) {
      checkModrm(w, {static_cast<u8>(op + 1)}, 0, {}, lock);
      checkModrm(w, {static_cast<u8>(op + 3)}, 0);
      checkModrm(w, {0x83}, op >> 3, {0x85}, lock);
      const Bytes imm = w == 16 ? Bytes{0xfe, 0x80} : Bytes{0x80, 0xff, 0x7f, 0x91};
      checkModrm(w, {0x81}, op >> 3, imm, lock);
    }
  }
}

TEST_F(AgainstHost, TestMovXchg) {
  checkModrm(8, {0x84}, 0);
  checkModrm(8, {0xf6}, 0, {0x81});
  checkModrm(8, {0x86}, 0, {}, true);
  checkModrm(8, {0x86}, 4, {}, true);
  checkModrm(8, {0x88}, 5);
  checkModrm(8, {0x8a}, 5);
  checkModrm(8, {0xc6}, 0, {0x81});
  check({0xb4, 0x12});
  check({0x40, 0xb6, 0x12});
  for (unsigned w : kWide) {
    const Bytes imm = w == 16 ? Bytes{0xfe, 0x80} : Bytes{0x80, 0xff, 0x7f, 0x91};
    checkModrm(w, {0x85}, 0);
    checkModrm(w, {0xf7}, 0, imm);
    checkModrm(w, {0x87}, 0, {}, true);
    checkModrm(w, {0x89}, 0);
    checkModrm(w, {0x8b}, 0);
    checkModrm(w, {0xc7}, 0, imm);
    check(sized(w, {0x91}));
    check(sized(w, {0x8d, 0x44, 0xb2, 0x91}));  // LEA
    check(sized(w, {0x98}));
    check(sized(w, {0x99}));
    for (u8 op : std::initializer_list<u8>{0xb6, 0xb7, 0xbe, 0xbf}) checkModrm(w, {0x0f, op}, 0);
    checkModrm(w, {0x63}, 0);
    for (u8 op : std::initializer_list<u8>{0xf0, 0xf1})
      check(sized(w, {0x0f, 0x38, op, 0x43, 0x10}), 40, true);
  }
  check({0x67, 0x8d, 0x44, 0xb2, 0x91});
  check({0x67, 0x48, 0x8d, 0x44, 0xb2, 0x91});
  check(sized(64, {0xb8, 1, 2, 3, 4, 5, 6, 7, 0x88}));
}

TEST_F(AgainstHost, UnaryAndMultiplyDivide) {
  for (unsigned field = 2; field < 8; ++field) {
    const unsigned rounds = field > 3 ? 300 : 40;
    checkModrm(8, {0xf6}, field, {}, field < 4, rounds);
    for (unsigned w : kWide) checkModrm(w, {0xf7}, field, {}, field < 4, rounds);
  }
  for (unsigned field = 0; field < 2; ++field) {
    checkModrm(8, {0xfe}, field, {}, true);
    for (unsigned w : kWide) checkModrm(w, {0xff}, field, {}, true);
  }
  for (unsigned w : kWide) {
    const Bytes imm = w == 16 ? Bytes{0xfe, 0x80} : Bytes{0x80, 0xff, 0x7f, 0x91};
    checkModrm(w, {0x0f, 0xaf}, 0, {}, false, 200);
    checkModrm(w, {0x69}, 0, imm, false, 100);
    checkModrm(w, {0x6b}, 0, {0x85}, false, 100);
  }
  check({0xc4, 0xe2, 0x7b, 0xf6, 0xc1});  // MULX eax, eax, ecx
  check({0xc4, 0xe2, 0xf3, 0xf6, 0xc3});  // MULX rax, rcx, rbx
}

// Small operands, so that divisions mostly succeed.
TEST_F(AgainstHost, DivisionThatFits) {
  for (int high : {0, 1, 2, 100, -1, -2}) {
    for (int divisor : {3, 101, -3, 127, -128}) {
      for (unsigned w : {8u, 16u, 32u, 64u}) {
        for (unsigned field : {6u, 7u}) {
          HostState host;
          host.gpr[kRax] = w == 8 ? static_cast<u64>(high * 31) : 0x8123456789abcdef;
          host.gpr[kRdx] = static_cast<u64>(static_cast<i64>(high));
          host.gpr[kRcx] = static_cast<u64>(static_cast<i64>(divisor));
          host.flags = 0x202;
          ctx_->arch.gpr = host.gpr;
          ctx_->flags.set(0);
          const Bytes bytes =
              sized(w, {static_cast<u8>(w == 8 ? 0xf6 : 0xf7), static_cast<u8>(0xc1 | field << 3)});
          const bool ok = runOnHost(bytes, host);
          const auto fault = run(bytes);
          ASSERT_EQ(fault.has_value(), !ok) << hex(bytes) << high << "/" << divisor;
          ASSERT_EQ(ctx_->arch.gpr[kRax], host.gpr[kRax]) << hex(bytes) << high << "/" << divisor;
          ASSERT_EQ(ctx_->arch.gpr[kRdx], host.gpr[kRdx]) << hex(bytes) << high << "/" << divisor;
        }
      }
    }
  }
}

TEST_F(AgainstHost, ShiftsAndRotates) {
  for (unsigned field = 0; field < 8; ++field) {
    checkModrm(8, {0xd2}, field, {}, false, 200);
    checkModrm(8, {0xd0}, field);
    for (unsigned w : kWide) {
      checkModrm(w, {0xd3}, field, {}, false, 200);
      checkModrm(w, {0xd1}, field);
    }
    for (u8 n = 0; n < 66; ++n) {
      checkModrm(8, {0xc0}, field, {n}, false, 8);
      for (unsigned w : kWide) checkModrm(w, {0xc1}, field, {n}, false, 8);
    }
  }
}

TEST_F(AgainstHost, DoubleShifts) {
  for (u8 op : std::initializer_list<u8>{0xa4, 0xac}) {
    for (unsigned w : kWide) {
      checkModrm(w, {0x0f, static_cast<u8>(op + 1)}, 0, {}, false, 200);
      for (u8 n = 0; n < 66; ++n) checkModrm(w, {0x0f, op}, 0, {n}, false, 10);
    }
  }
}

TEST_F(AgainstHost, BitInstructions) {
  for (unsigned w : kWide) {
    for (u8 op : std::initializer_list<u8>{0xa3, 0xab, 0xb3, 0xbb}) {
      check(sized(w, {0x0f, op, 0xc2}));
      for (unsigned field = 4; field < 8; ++field)
        checkModrm(w, {0x0f, 0xba}, field, {static_cast<u8>(field * 13)}, field != 4);
    }
    for (u8 op : std::initializer_list<u8>{0xbc, 0xbd}) {
      compared_ = hostScansLikeGuests() ? kFlagsArithmetic : kFlagZf;
      checkModrm(w, {0x0f, op}, 0, {}, false, 80);
      compared_ = kFlagsArithmetic;
      Bytes counted = sized(w, {0x0f, op, 0xc2});
      counted.insert(counted.begin(), 0xf3);
      check(counted, 80);
    }
    Bytes popcnt = sized(w, {0x0f, 0xb8, 0xc2});
    popcnt.insert(popcnt.begin(), 0xf3);
    check(popcnt, 80);
    check(sized(w, {0x0f, 0xca}));
    checkModrm(w, {0x0f, 0xc1}, 0, {}, true);
    check(sized(w, {0x0f, 0xc1, 0xc0}));
    checkModrm(w, {0x0f, 0xb1}, 1, {}, true, 100);
    check(sized(w, {0x0f, 0xb1, 0xc8}));
    for (u8 cc = 0; cc < 16; ++cc) checkModrm(w, {0x0f, static_cast<u8>(0x40 + cc)}, 0, {}, false, 20);
  }
  for (u8 cc = 0; cc < 16; ++cc) checkModrm(8, {0x0f, static_cast<u8>(0x90 + cc)}, 0, {}, false, 20);
  checkModrm(8, {0x0f, 0xc0}, 0, {}, true);
  checkModrm(8, {0x0f, 0xb0}, 1, {}, true, 100);
  check({0x0f, 0xc7, 0x4b, 0x08}, 60, true);
  check({0xf0, 0x0f, 0xc7, 0x4b, 0x08}, 60, true);
  check({0x48, 0x0f, 0xc7, 0x4b, 0x10}, 60, true);
  check({0xf0, 0x48, 0x0f, 0xc7, 0x4b, 0x10}, 60, true);
}

// The bit offset reaches outside the operand, both ways.
TEST_F(AgainstHost, BitOffsetInMemory) {
  for (unsigned w : kWide) {
    for (u8 op : std::initializer_list<u8>{0xa3, 0xab, 0xb3, 0xbb}) {
      for (int offset : {0, 1, 15, 16, 31, 32, 63, 64, 65, 511, 4095, -1, -16, -32, -33, -64, -65, -1000}) {
        HostState host;
        host.gpr[kRax] = static_cast<u64>(static_cast<i64>(offset));
        host.gpr[kRbx] = address() + kPageSize;
        host.flags = 0x202;
        ctx_->arch.gpr = host.gpr;
        ctx_->flags.set(0);
        const Bytes bytes = sized(w, {0x0f, op, 0x03});
        const auto fill = [&] {
          for (u64 i = 0; i < kMemorySize; ++i) memory()[i] = static_cast<u8>(i * 37 >> 2);
        };
        fill();
        ASSERT_TRUE(runOnHost(bytes, host));
        const Bytes after(memory(), memory() + kMemorySize);
        fill();
        ASSERT_FALSE(run(bytes));
        ASSERT_EQ(0, std::memcmp(memory(), after.data(), kMemorySize)) << hex(bytes) << offset;
        ASSERT_EQ(ctx_->flags.arithmetic() & kFlagCf, host.flags & kFlagCf) << hex(bytes) << offset;
      }
    }
  }
}

TEST_F(AgainstHost, FlagInstructionsAndXlat) {
  for (u8 op : std::initializer_list<u8>{0xf5, 0xf8, 0xf9, 0x9e, 0x9f, 0x90}) check({op});
  check({0xd7}, 40, true);
}

TEST_F(AgainstHost, Strings) {
  for (u8 op : std::initializer_list<u8>{0xa4, 0xa6, 0xaa, 0xac, 0xae}) {
    for (u8 prefix : std::initializer_list<u8>{0, 0xf2, 0xf3}) {
      for (unsigned w : {8u, 16u, 32u, 64u}) {
        Bytes bytes = sized(w, {static_cast<u8>(w == 8 ? op : op + 1)});
        if (prefix) bytes.insert(bytes.begin(), prefix);
        check(bytes, 60, false, true);
      }
    }
  }
}

}  // namespace
}  // namespace duet::tcg
