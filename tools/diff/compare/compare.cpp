#include "tools/diff/compare/compare.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/system_stage.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff {
namespace {

constexpr u64 kUserHalfEnd = u64{1} << 47;
constexpr u16 kFswEs = 0x80;
constexpr unsigned kXstateBv = 512, kFop = 6, kAvxSize = 256, kSt0 = 32, kXmm0 = 160, kXmmEnd = 416,
                   kMxcsr = 24;

u64 components(const CpuState& s) {
  u64 bv;
  std::memcpy(&bv, &s.xsave[kXstateBv], 8);
  return bv;
}

// Every component present, initial ones written out, reserved bytes 0.
void copyVectors(const CpuState& from, CpuState& to) {
  const u64 bv = components(from);
  u8* out = to.xsave.data();
  const u8* in = from.xsave.data();
  if (bv & kXcr0X87) {
    std::memcpy(out, in, kMxcsr);
    out[5] = 0;
    for (unsigned i = 0; i < 8; ++i) std::memcpy(out + kSt0 + 16 * i, in + kSt0 + 16 * i, 10);
  } else {
    const u16 control = 0x37f;
    std::memcpy(out, &control, 2);
  }
  std::memcpy(out + kMxcsr, in + kMxcsr, 4);
  if (bv & kXcr0Sse) std::memcpy(out + kXmm0, in + kXmm0, kXmmEnd - kXmm0);
  if (bv & kXcr0Avx) std::memcpy(out + kXsaveAvxOffset, in + kXsaveAvxOffset, kAvxSize);
  const u64 all = kXcr0X87 | kXcr0Sse | kXcr0Avx;
  std::memcpy(out + kXstateBv, &all, 8);
}

// IRET to user code makes every null selector 0 (SDM vol. 2, IRET), and so it comes out of a signal.
u16 comparedSelector(u16 selector) { return selector < 4 ? u16{0} : selector; }

// AMD's processors store the x87 pointers in an XSAVE area only while an unmasked exception is pending (APM vol. 2 11.5.2.5),
// so the host's own are not to be had. FNSTENV shows them in memory.
void dropQuietPointers(CpuState& state) {
  u16 fsw;
  std::memcpy(&fsw, &state.xsave[2], 2);
  if (!(fsw & kFswEs)) std::memset(&state.xsave[kFop], 0, kMxcsr - kFop);
}

u32 comparedErrorCode(World world, const Outcome& o) {
  const bool elsewhere =
      world != World::System && o.exception.vector == kExcPF && o.after.cr2 >= kUserHalfEnd;
  return o.exception.errorCode & ~(elsewhere ? u32{kPfPresent} : 0);
}

std::string errorCodeText(World world, const Outcome& o) {
  return o.exception.hasErrorCode ? fmt::format("{:#x}", comparedErrorCode(world, o)) : "none";
}

void compareFlags(u64 left, u64 right, std::vector<Difference>& out) {
  for (const FlagName& f : flagNames())
    if ((left ^ right) & f.mask)
      out.push_back({fmt::format("flags.{}", f.name), fmt::format("{}", (left & f.mask) != 0),
                     fmt::format("{}", (right & f.mask) != 0)});
}

void compareStates(World world, const Outcome& l, const Outcome& r, std::vector<Difference>& out) {
  const CpuState left = comparedState(world, l.after), right = comparedState(world, r.after);
  for (const StateField& field : stateFields()) {
    if (std::memcmp(field.in(left), field.in(right), field.size) == 0) continue;
    if (field.name == "rflags") {
      compareFlags(left.rflags, right.rflags, out);
    } else {
      out.push_back({field.name, fieldText(field, left), fieldText(field, right)});
    }
  }
  if (left.activity != right.activity || left.interruptShadow != right.interruptShadow ||
      left.nmiBlocked != right.nmiBlocked || left.inSmm != right.inSmm || !(left.pending == right.pending))
    out.push_back({"activity, shadow, blocking or pending event", "one", "another"});
}

// Of the pieces, [from, from + size).
void removeBytes(std::vector<Piece>& pieces, u64 from, u64 size) {
  std::vector<Piece> kept;
  for (const Piece& p : pieces)
    for (size_t i = 0; i < p.bytes.size(); ++i)
      if (const u64 at = p.address + i; at < from || at >= from + size) kept.push_back({at, {p.bytes[i]}});
  pieces = std::move(kept);
}

// Error code, RIP and flags, which are told by name.
void removeFrame(const SystemEnd& end, std::vector<Piece>& writes) {
  const u64 code = end.hasErrorCode ? end.flagsSize : 0, from = end.flagsAt - u64{2} * end.flagsSize - code;
  removeBytes(writes, from, code + end.flagsSize);
  removeBytes(writes, end.flagsAt, end.flagsSize);
}

std::map<u64, u8> byAddress(const std::vector<Piece>& writes) {
  std::map<u64, u8> bytes;
  for (const Piece& p : writes)
    for (size_t i = 0; i < p.bytes.size(); ++i) bytes[p.address + i] = p.bytes[i];
  return bytes;
}

// The frames that both runs of the system world ended in, by what they say; then those parts are not memory any more.
void compareFrames(const Case& in, Outcome& l, Outcome& r, std::vector<Difference>& out) {
  const auto left = systemEnd(in, l), right = systemEnd(in, r);
  if (!left || !right) return;
  const auto vectorText = [](const SystemEnd& e) { return e.vector ? fmt::format("{}", *e.vector) : "none"; };
  const auto codeText = [](const SystemEnd& e) {
    return e.hasErrorCode ? fmt::format("{:#x}", e.errorCode) : std::string("none");
  };
  if (left->vector != right->vector) out.push_back({"exception", vectorText(*left), vectorText(*right)});
  if (codeText(*left) != codeText(*right)) out.push_back({"error code", codeText(*left), codeText(*right)});
  if (!left->vector || !right->vector) return;
  if (left->rip != right->rip)
    out.push_back({"pushed.rip", fmt::format("{:x}", left->rip), fmt::format("{:x}", right->rip)});
  for (const FlagName& f : flagNames())
    if ((left->flags ^ right->flags) & f.mask)
      out.push_back({fmt::format("pushed.{}", f.name), fmt::format("{}", (left->flags & f.mask) != 0),
                     fmt::format("{}", (right->flags & f.mask) != 0)});
  // Where the handler lies follows from the vector.
  if (left->vector != right->vector) std::erase_if(out, [](const Difference& d) { return d.field == "rip"; });
  removeFrame(*left, l.writes);
  removeFrame(*right, r.writes);
}

void compareWrites(const Outcome& l, const Outcome& r, std::vector<Difference>& out) {
  const std::map<u64, u8> left = byAddress(l.writes), right = byAddress(r.writes);
  const auto text = [](const std::map<u64, u8>& bytes, u64 a) {
    const auto at = bytes.find(a);
    return at == bytes.end() ? std::string("as before") : fmt::format("{:02x}", at->second);
  };
  std::map<u64, u8> either = left;
  either.insert(right.begin(), right.end());
  for (const auto& [address, unused] : either)
    if (text(left, address) != text(right, address))
      out.push_back({fmt::format("memory {:#x}", address), text(left, address), text(right, address)});
}

}  // namespace

std::string_view endingName(Ending e) {
  switch (e) {
    case Ending::Exception:
      return "exception";
    case Ending::Halt:
      return "halt";
    case Ending::Shutdown:
      return "shutdown";
    case Ending::Steps:
      return "steps spent";
    case Ending::Unsupported:
      return "unsupported";
  }
  return "?";
}

CpuState comparedState(World world, const CpuState& state) {
  CpuState out;
  if (world == World::System) {
    out = state;
    out.instructions = 0;
    out.msr.tscOffset = out.msr.tscAdjust = 0;
    out.portBefore = {};
    out.xsave.fill(0);
  } else {
    out.gpr = state.gpr;
    out.rip = state.rip;
    out.rflags = state.rflags;
    for (unsigned i = 0; i < 6; ++i) out.segment[i].selector = comparedSelector(state.segment[i].selector);
    const bool wide = state.segment[kSegCs].attributes & kSegL;
    for (unsigned i : {kSegFs, kSegGs}) out.segment[i].base = wide ? state.segment[i].base : 0;
    out.cr2 = state.cr2;
  }
  copyVectors(state, out);
  if (world != World::System) dropQuietPointers(out);
  return out;
}

bool comparable(const Outcome& left, const Outcome& right) {
  return left.ending != Ending::Unsupported && right.ending != Ending::Unsupported;
}

bool same(const Case& in, const Outcome& left, const Outcome& right) {
  if (left.ending != right.ending) return false;
  if (left.ending == Ending::Steps) return true;
  if (left.ending == Ending::Shutdown) return left.writes == right.writes;
  return left.exception.vector == right.exception.vector &&
         left.exception.hasErrorCode == right.exception.hasErrorCode &&
         comparedErrorCode(in.world, left) == comparedErrorCode(in.world, right) &&
         left.writes == right.writes &&
         comparedState(in.world, left.after) == comparedState(in.world, right.after);
}

std::vector<Difference> differences(const Case& in, const Outcome& left, const Outcome& right) {
  std::vector<Difference> out;
  if (left.ending != right.ending)
    out.push_back({"ending", std::string(endingName(left.ending)), std::string(endingName(right.ending))});
  if (left.ending == Ending::Steps && right.ending == Ending::Steps) return out;
  if (left.exception.vector != right.exception.vector)
    out.push_back(
        {"exception", fmt::format("{}", left.exception.vector), fmt::format("{}", right.exception.vector)});
  if (errorCodeText(in.world, left) != errorCodeText(in.world, right))
    out.push_back({"error code", errorCodeText(in.world, left), errorCodeText(in.world, right)});
  if (left.ending != Ending::Shutdown || right.ending != Ending::Shutdown)
    compareStates(in.world, left, right, out);
  if (in.world == World::System) {
    Outcome l = left, r = right;
    compareFrames(in, l, r, out);
    compareWrites(l, r, out);
  } else {
    compareWrites(left, right, out);
  }
  return out;
}

}  // namespace duet::diff
