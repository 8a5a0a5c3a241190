#include "tests/guest/runner/case_run.h"

#include <fmt/format.h>

#include <exception>

#include "core/cpu/registers.h"
#include "tests/guest/layout.h"
#include "tests/guest/runner/case_machine.h"
#include "tests/guest/runner/state_names.h"

namespace duet::test {
namespace {

// What the program left, seen from the program: after an event, its registers come from the stack frame.
struct Outcome {
  GuestEnd end;
  CpuState state;
  int vector = -1;  // of the event that ended it
  u64 errorCode = 0;
};

class FrameReader {
 public:
  FrameReader(GuestMachine& rig, const CpuState& s) : rig_(rig) {
    const bool longMode = s.msr.efer & kEferLma;
    width_ = longMode ? 8 : s.cr0 & kCr0Pe ? 4 : 2;
    const SegmentRegister& ss = s.segment[kSegSs];
    const bool wide = longMode || (ss.attributes & kSegDb);
    wrap_ = wide ? ~u64{0} : 0xffff;
    offset_ = s.gpr[kRsp] & wrap_;
    base_ = longMode ? 0 : ss.base;
  }
  u64 next() {
    u64 value = 0;
    const u64 address = base_ + offset_;
    if (width_ == 8) value = rig_.word<u64>(address);
    if (width_ == 4) value = rig_.word<u32>(address);
    if (width_ == 2) value = rig_.word<u16>(address);
    offset_ = (offset_ + width_) & wrap_;
    return value;
  }
  u64 offset() const { return offset_; }
  bool longMode() const { return width_ == 8; }

 private:
  GuestMachine& rig_;
  u64 width_, offset_, base_, wrap_;
};

int handlerVector(const CpuState& s) {
  const u64 address = s.segment[kSegCs].base + s.rip - 1;
  return address >= HANDLERS && address < HANDLERS + 256 ? static_cast<int>(address - HANDLERS) : -1;
}

void readFrame(GuestMachine& rig, bool hasErrorCode, Outcome& o) {
  CpuState& s = o.state;
  FrameReader frame(rig, s);
  if (hasErrorCode) o.errorCode = frame.next();
  const unsigned level = s.segment[kSegCs].selector & 3;
  s.rip = frame.next();
  s.segment[kSegCs].selector = static_cast<u16>(frame.next());
  s.rflags = frame.next();
  const bool changedLevel =
      (s.cr0 & kCr0Pe) && ((s.segment[kSegCs].selector & 3) != level || (s.rflags & kFlagVm));
  if (frame.longMode() || changedLevel) {
    s.gpr[kRsp] = frame.next();
    s.segment[kSegSs].selector = static_cast<u16>(frame.next());
  } else {
    s.gpr[kRsp] = frame.offset();
  }
}

// Reads what an expectation names.
std::optional<NamedValue> observe(GuestMachine& rig, const Outcome& o, const Program& program,
                                  const std::string& name) {
  if (name.substr(0, 3) != "mem") return readRegister(o.state, name);
  const size_t open = name.find('['), close = name.find(']');
  if (open == std::string::npos || close != name.size() - 1) return {};
  const auto address = program.evaluate(name.substr(open + 1, close - open - 1));
  if (!address || *address > GuestMachine::kRamSize - 8) return {};
  const std::string width = name.substr(3, open - 3);
  if (width == "8") return NamedValue{rig.word<u8>(*address), 8};
  if (width == "16") return NamedValue{rig.word<u16>(*address), 16};
  if (width == "32") return NamedValue{rig.word<u32>(*address), 32};
  if (width == "64") return NamedValue{rig.word<u64>(*address), 64};
  return {};
}

std::string symbolOf(const Program& program, u64 address) {
  std::string best;
  u64 distance = 0x200;
  for (const auto& [name, value] : program.symbols) {
    if (value > address || address - value >= distance) continue;
    distance = address - value;
    best = name;
  }
  if (best.empty()) return "";
  return distance ? fmt::format(" ({}+{:#x})", best, distance) : fmt::format(" ({})", best);
}

std::string compareFlags(const Outcome& o, const Assignment& a) {
  const auto pattern = parseFlags(a.value);
  if (!pattern) return fmt::format("  flags: '{}' is no list of flags\n", a.value);
  const u64 mask = pattern->set | pattern->clear;
  if ((o.state.rflags & mask) == pattern->set) return "";
  return fmt::format("  flags: {:#x}, expected {} (wrong bits {:#x})\n", o.state.rflags, a.value,
                     (o.state.rflags & mask) ^ pattern->set);
}

std::string compareOne(GuestMachine& rig, const Outcome& o, const Program& program, const Assignment& a) {
  if (a.name == "flags") return compareFlags(o, a);
  const auto found = observe(rig, o, program, a.name);
  if (!found) return fmt::format("  {}: nothing of that name\n", a.name);
  const auto wanted = program.evaluate(a.value);
  const auto mask = a.mask.empty() ? std::optional<u64>(~u64{0}) : program.evaluate(a.mask);
  if (!wanted || !mask) return fmt::format("  {}: '{}' is no value\n", a.name, a.value);
  const u64 bits = *mask & (found->bits == 64 ? ~u64{0} : (u64{1} << found->bits) - 1);
  if ((found->value & bits) == (*wanted & bits)) return "";
  return fmt::format("  {}: {:#x}{}, expected {:#x}{}\n", a.name, found->value & bits,
                     a.name == "rip" ? symbolOf(program, found->value) : "", *wanted & bits,
                     a.name == "rip" ? symbolOf(program, *wanted) : "");
}

std::string eventName(int vector) { return vector < 0 ? "none" : fmt::format("vector {:#x}", vector); }

std::string compareEvent(const GuestCase& c, const Outcome& o, const Program& program) {
  const int wanted = c.fault.empty() ? -1 : c.fault[0].vector;
  if (o.vector != wanted)
    return fmt::format("  event: {} (error code {:#x}, cr2 {:#x}) at {:#x}{}, expected {}\n",
                       eventName(o.vector), o.errorCode, o.state.cr2, o.state.rip,
                       symbolOf(program, o.state.rip), eventName(wanted));
  if (wanted < 0 || c.fault[0].errorCode.empty()) return "";
  const auto code = program.evaluate(c.fault[0].errorCode);
  if (!code) return fmt::format("  error code: '{}' is no value\n", c.fault[0].errorCode);
  if (*code == o.errorCode) return "";
  return fmt::format("  error code: {:#x}, expected {:#x}\n", o.errorCode, *code);
}

std::string compare(GuestMachine& rig, const GuestCase& c, const Outcome& o, const Program& program) {
  if (o.end.name != c.exit)
    return fmt::format("  end: {} at {:#x}{}, expected {}\n", o.end.name, o.state.rip,
                       symbolOf(program, o.state.rip), c.exit);
  std::string text = compareEvent(c, o, program);
  for (const Assignment& a : c.expect) text += compareOne(rig, o, program, a);
  return text;
}

Outcome execute(GuestMachine& rig, const GuestCase& c, const CpuState& start) {
  Outcome o;
  if (auto ok = rig.load(start); !ok) {
    o.end.name = ok.error().message;
    return o;
  }
  o.end = rig.run(c.budget);
  o.state = rig.state();
  if (!o.end.halted()) return o;
  o.vector = handlerVector(o.state);
  if (o.vector < 0) return o;
  const bool expectsCode = !c.fault.empty() && c.fault[0].vector == o.vector
                               ? !c.fault[0].errorCode.empty()
                               : c.mode != "real16" && pushesErrorCode(static_cast<u8>(o.vector));
  readFrame(rig, expectsCode, o);
  if (o.vector == DONE_VECTOR && c.fault.empty()) o.vector = -1;
  return o;
}

std::string missingFeature(const CpuModel& model, const GuestCase& c) {
  static constexpr std::pair<std::string_view, Feature> kNames[] = {
#define GUEST_FEATURE(id, name, ...) {name, Feature::id},
      DUET_FEATURES(GUEST_FEATURE)
#undef GUEST_FEATURE
  };
  for (const std::string& need : c.needs) {
    if (need == "intel" && model.vendor() == CpuVendor::Intel) continue;
    if (need == "amd" && model.vendor() == CpuVendor::Amd) continue;
    bool there = false;
    for (const auto& [name, feature] : kNames) there |= name == need && model.has(feature);
    if (!there) return need;
  }
  return "";
}

}  // namespace

CaseResult runCase(const GuestCase& c, const std::string& programPath, const EngineFactory& factory) try {
  const auto program = loadProgram(programPath);
  if (!program) return {"  " + program.error().message + "\n", ""};
  auto made = makeGuestMachine(c, factory);
  if (!made) return {"  " + made.error().message + "\n", ""};
  GuestMachine& rig = **made;
  if (const std::string missing = missingFeature(rig.model(), c); !missing.empty())
    return {"", "this CPU is without " + missing};
  const auto start = prepareMachine(rig, c, *program);
  if (!start) return {"  " + start.error().message + "\n", ""};
  return {compare(rig, c, execute(rig, c, *start), *program), ""};
} catch (const std::exception& e) {
  return {std::string("  ") + e.what() + "\n", ""};
}

}  // namespace duet::test
