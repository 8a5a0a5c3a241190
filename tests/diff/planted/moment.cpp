#include "tests/diff/planted/moment.h"

#include <algorithm>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"

namespace duet::diff::planted {
namespace {

using namespace tcg::isa;

constexpr unsigned kLongest = 15;

u64 lowBytes(unsigned size) { return size >= 8 ? ~u64{0} : (u64{1} << (8 * size)) - 1; }

unsigned cpl(const CpuState& s) { return s.segment[kSegCs].selector & 3; }

bool pushesErrorCode(u8 vector) {
  return vector == kExcDF || (vector >= kExcTS && vector <= kExcPF) || vector == kExcAC;
}

CodeMode modeOf(const CpuState& s) {
  const u32 cs = s.segment[kSegCs].attributes;
  if ((s.msr.efer & kEferLma) && (cs & kSegL)) return CodeMode::Bits64;
  return cs & kSegDb ? CodeMode::Bits32 : CodeMode::Bits16;
}

}  // namespace

Moment::Moment(Vcpu& inner, const VcpuEnv& env) : inner_(inner), env_(env) {
  inner_.saveState(before);
  decode();
}

void Moment::decode() {
  code = bytesAt(codeAddress(before).value, kLongest);
  const bool protectedMode = (before.cr0 & kCr0Pe) && !(before.rflags & kFlagVm);
  const Dialect dialect = env_.model.vendor() == CpuVendor::Amd ? Dialect::Amd : Dialect::Intel;
  const auto status =
      tcg::isa::decode(code, modeOf(before), protectedMode, env_.model.features(), insn, dialect);
  if (status != DecodeStatus::Ok) insn = {};
}

bool Moment::is(std::string_view mnemonic) const { return insn.row && insn.row->mnemonic == mnemonic; }
bool Moment::isEncoding(std::string_view encoding) const {
  return insn.row && insn.row->encoding == encoding;
}

bool Moment::isUser() const { return (before.cr0 & kCr0Pe) && cpl(before) == 3; }

void Moment::run() {
  exit = inner_.step(StepEvents::Take);
  inner_.saveState(after);
}

void Moment::runFrom(const CpuState& state) {
  if (auto loaded = inner_.loadState(state); !loaded) {
    exit = {.reason = ExitReason::EngineFault, .message = loaded.error().message};
    after = before;
    return;
  }
  run();
}

void Moment::runAs(std::span<const u8> otherCode) {
  const u64 at = codeAddress(before).value;
  const std::vector<u8> own = bytesAt(at, otherCode.size());
  write(at, otherCode);
  run();
  write(at, own);
}

// One NOP of the same length: operand size prefixes in front of it mean nothing.
void Moment::skip() {
  std::vector<u8> nop(insn.length, 0x66);
  nop.back() = 0x90;
  runAs(nop);
}

// RF is pushed set by every fault of an instruction (SDM vol. 3 17.3.1.1).
void Moment::raise(u8 vector, std::optional<u32> error, u64 cr2) {
  CpuState state = before;
  state.rflags |= kFlagRf;
  state.pending = {EventType::Exception, vector, error.has_value(), error.value_or(0), cr2};
  runFrom(state);
}

// Which gate of the IDT leads where the processor is now (64-bit gates).
std::optional<u8> Moment::raised() const {
  if (!isUser() || cpl(after) == 3) return std::nullopt;
  for (unsigned v = 0; v < 32; ++v) {
    const u64 gate = after.idtr.base + 16 * v, low = load<u64>(gate);
    const u64 target = (low & 0xffff) | (low >> 32 & 0xffff0000) | u64{load<u32>(gate + 8)} << 32;
    if (target == after.rip) return static_cast<u8>(v);
  }
  return std::nullopt;
}

// Gates of 16 bytes in long mode, of 8 in protected mode, of 4 in real mode.
std::optional<u8> Moment::entered() const {
  if (after.rip == next() || after.segment[kSegCs] == before.segment[kSegCs]) return std::nullopt;
  const bool wide = after.msr.efer & kEferLma, real = !(after.cr0 & kCr0Pe);
  for (unsigned v = 0; v < 32; ++v) {
    const u64 gate = after.idtr.base + (wide ? 16 : real ? 4 : 8) * v;
    const u64 low = load<u64>(gate);
    const u64 target =
        real ? low & 0xffff
             : ((low & 0xffff) | (low >> 32 & 0xffff0000) | (wide ? u64{load<u32>(gate + 8)} << 32 : 0));
    if (target == after.rip) return static_cast<u8>(v);
  }
  return std::nullopt;
}

u64 Moment::frame() const { return after.gpr[kRsp] + (pushesErrorCode(raised().value_or(0)) ? 8 : 0); }
u32 Moment::errorCode() const { return load<u32>(after.gpr[kRsp]); }
void Moment::setErrorCode(u32 value) { store(after.gpr[kRsp], value); }
u64 Moment::pushedFlags() const { return load<u64>(frame() + 16); }
void Moment::setPushedFlags(u64 flags) { store(frame() + 16, flags); }

u64 Moment::address() const {
  const MemoryRef& m = insn.mem;
  u64 offset = static_cast<u64>(m.disp);
  if (m.base == kRipBase)
    offset += next();
  else if (m.base != kNoReg)
    offset += before.gpr[m.base];
  if (m.index != kNoReg) offset += before.gpr[m.index] << m.scale;
  offset &= lowBytes(insn.addrSize);
  const bool flat =
      m.segment == kNoSegment || (insn.mode == CodeMode::Bits64 && m.segment != kFs && m.segment != kGs);
  const u64 linear = offset + (flat ? 0 : before.segment[m.segment].base);
  return insn.mode == CodeMode::Bits64 ? linear : linear & lowBytes(4);
}

u64 Moment::valueIn(const CpuState& state, const Operand& op) const {
  u64 out = 0;
  switch (op.kind) {
    case OperandKind::Gpr:
      out = state.gpr[op.reg];
      break;
    case OperandKind::GprHigh:
      out = state.gpr[op.reg] >> 8;
      break;
    case OperandKind::Immediate:
      out = insn.imm;
      break;
    case OperandKind::Memory:
      read(address(), std::span(reinterpret_cast<u8*>(&out), std::min<size_t>(op.size, 8)));
      break;
    default:
      break;
  }
  return out & lowBytes(op.size);
}

void Moment::set(const Operand& op, u64 value) {
  if (op.kind == OperandKind::Gpr)
    setGpr(op.reg, op.size, value);
  else if (op.kind == OperandKind::Memory)
    write(address(), std::span(reinterpret_cast<const u8*>(&value), std::min<size_t>(op.size, 8)));
}

void Moment::setGpr(unsigned reg, unsigned size, u64 value) {
  const u64 mask = size == 4 ? ~u64{0} : lowBytes(size);
  after.gpr[reg] = (after.gpr[reg] & ~mask) | (value & lowBytes(size));
}

void Moment::read(u64 linear, std::span<u8> out) const {
  for (size_t i = 0; i < out.size(); ++i)
    if (const auto at = inner_.translate(LinearAddr(linear + i))) env_.memory.read(*at, out.subspan(i, 1));
}

void Moment::write(u64 linear, std::span<const u8> bytes) {
  for (size_t i = 0; i < bytes.size(); ++i)
    if (const auto at = inner_.translate(LinearAddr(linear + i))) env_.memory.write(*at, bytes.subspan(i, 1));
}

std::vector<u8> Moment::bytesAt(u64 linear, size_t most) const {
  std::vector<u8> out;
  for (u8 byte; out.size() < most; out.push_back(byte)) {
    const auto at = inner_.translate(LinearAddr(linear + out.size()));
    if (!at || !env_.memory.read(*at, {&byte, 1})) break;
  }
  return out;
}

}  // namespace duet::diff::planted
