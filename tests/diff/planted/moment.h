// One instruction about to run on a vCPU, in the hands of a bug.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "core/cpu/cpu_backend.h"
#include "cpu-tcg/isa/decoder.h"

namespace duet::diff::planted {

// A bug looks at `before` and `insn`, carries the instruction out by run(), runFrom(), runAs() or raise(), and may then
// falsify `after`, which becomes the vCPU's state. Memory is falsified at once.
class Moment {
 public:
  Moment(Vcpu& inner, const VcpuEnv& env);

  CpuState before;
  CpuState after;        // once it has run
  tcg::isa::Insn insn;   // row null: the bytes are no instruction
  std::vector<u8> code;  // its bytes and what follows, up to 15
  std::vector<u8>
      stale;  // what lay here before the instruction in front of it ran; empty where there was none
  VcpuExit exit;

  bool is(std::string_view mnemonic) const;
  bool isEncoding(std::string_view encoding) const;  // as the tables print it
  bool isUser() const;

  void run();
  void runFrom(const CpuState& state);        // as if the state before were this one
  void runAs(std::span<const u8> otherCode);  // with these bytes in place of its own
  void skip();                                // as if it did nothing
  void raise(u8 vector, std::optional<u32> errorCode, u64 cr2 = 0);

  // The vector whose gate's handler the processor is in now, at whatever privilege it was raised.
  std::optional<u8> entered() const;
  // The exception that user code ended in, and what was pushed for its handler.
  std::optional<u8> raised() const;
  u32 errorCode() const;
  void setErrorCode(u32 value);
  u64 pushedFlags() const;
  void setPushedFlags(u64 flags);

  u64 address() const;  // linear, of the memory operand
  // Integer operands, before and after; memory as it is now.
  u64 value(const tcg::isa::Operand& op) const { return valueIn(before, op); }
  u64 result(const tcg::isa::Operand& op) const { return valueIn(after, op); }
  void set(const tcg::isa::Operand& op, u64 value);  // in `after`, or in memory
  void setGpr(unsigned reg, unsigned size, u64 value);

  template <class T>
  T load(u64 linear) const {
    T out{};
    read(linear, std::span(reinterpret_cast<u8*>(&out), sizeof out));
    return out;
  }
  template <class T>
  void store(u64 linear, T value) {
    write(linear, std::span(reinterpret_cast<const u8*>(&value), sizeof value));
  }
  void read(u64 linear, std::span<u8> out) const;  // what is not mapped is left as it was
  void write(u64 linear, std::span<const u8> bytes);
  bool isMapped(u64 linear) const { return inner_.translate(LinearAddr(linear)).has_value(); }
  std::vector<u8> bytesAt(u64 linear, size_t most) const;
  u64 next() const { return before.rip + insn.length; }

 private:
  void decode();
  u64 valueIn(const CpuState& state, const tcg::isa::Operand& op) const;
  u64 frame() const;  // linear, of the pushed RIP

  Vcpu& inner_;
  const VcpuEnv& env_;
};

// Fields of the XSAVE area, standard format (SDM vol. 1 13.4).
inline constexpr unsigned kFsw = 2, kFtw = 4, kMxcsr = 24, kXmm = 160, kYmmHigh = kXsaveAvxOffset,
                          kXstateBv = 512;

template <class T>
T field(const CpuState& state, unsigned offset) {
  T out;
  std::memcpy(&out, &state.xsave[offset], sizeof out);
  return out;
}
template <class T>
void setField(CpuState& state, unsigned offset, T value) {
  std::memcpy(&state.xsave[offset], &value, sizeof value);
}

}  // namespace duet::diff::planted
