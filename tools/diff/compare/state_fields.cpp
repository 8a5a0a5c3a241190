#include "tools/diff/compare/state_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <vector>

#include "core/cpu/registers.h"

namespace duet::diff {
namespace {

using State = CpuState;

template <class T>
u8* raw(T& member) {
  return reinterpret_cast<u8*>(&member);
}

SegmentRegister& segment(State& s, unsigned i) { return i < 6 ? s.segment[i] : i == 6 ? s.ldtr : s.tr; }

constexpr std::array kGprNames{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                               "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
constexpr std::array kSegmentNames{"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};

// Offsets in the XSAVE area's legacy part, 64-bit layout (SDM vol. 1 table 10-2), and of the header.
struct XsaveField {
  const char* name;
  unsigned size, offset;
};
constexpr std::array kXsaveFields{XsaveField{"fcw", 2, 0},    XsaveField{"fsw", 2, 2},
                                  XsaveField{"ftw", 1, 4},    XsaveField{"fop", 2, 6},
                                  XsaveField{"fip", 8, 8},    XsaveField{"fdp", 8, 16},
                                  XsaveField{"mxcsr", 4, 24}, XsaveField{"xstate_bv", 8, 512}};

using Msr = ModelSpecificRegisters;
struct MsrField {
  const char* name;
  u64 Msr::* member;
};
constexpr std::array kMsrs{
    MsrField{"efer", &Msr::efer},
    MsrField{"star", &Msr::star},
    MsrField{"lstar", &Msr::lstar},
    MsrField{"cstar", &Msr::cstar},
    MsrField{"sfmask", &Msr::sfmask},
    MsrField{"kernel_gs_base", &Msr::kernelGsBase},
    MsrField{"sysenter_cs", &Msr::sysenterCs},
    MsrField{"sysenter_esp", &Msr::sysenterEsp},
    MsrField{"sysenter_eip", &Msr::sysenterEip},
    MsrField{"pat", &Msr::pat},
    MsrField{"tsc_aux", &Msr::tscAux},
    MsrField{"tsc_adjust", &Msr::tscAdjust},
    MsrField{"tsc_offset", &Msr::tscOffset},
    MsrField{"misc_enable", &Msr::miscEnable},
    MsrField{"debugctl", &Msr::debugCtl},
    MsrField{"spec_ctrl", &Msr::specCtrl},
    MsrField{"xss", &Msr::xss},
    MsrField{"pkrs", &Msr::pkrs},
    MsrField{"mtrr_def_type", &Msr::mtrrDefType},
    MsrField{"smbase", &Msr::smbase},
};

struct Control {
  const char* name;
  u64 State::* member;
};
constexpr std::array kControls{Control{"cr0", &State::cr0}, Control{"cr2", &State::cr2},
                               Control{"cr3", &State::cr3}, Control{"cr4", &State::cr4},
                               Control{"cr8", &State::cr8}, Control{"xcr0", &State::xcr0},
                               Control{"dr6", &State::dr6}, Control{"dr7", &State::dr7}};

void addSegments(std::vector<StateField>& out) {
  for (unsigned i = 0; i < kSegmentNames.size(); ++i) {
    const std::string name = kSegmentNames[i];
    out.push_back({name, 2, i < 6, [](State& s, unsigned n) { return raw(segment(s, n).selector); }, i});
    // In the user worlds a base can be seen of FS and GS alone, and there only what WRFSBASE and a selector made of it.
    out.push_back({name + ".base", 8, i == kSegFs || i == kSegGs,
                   [](State& s, unsigned n) { return raw(segment(s, n).base); }, i});
    out.push_back(
        {name + ".limit", 4, false, [](State& s, unsigned n) { return raw(segment(s, n).limit); }, i});
    out.push_back({name + ".attributes", 4, false,
                   [](State& s, unsigned n) { return raw(segment(s, n).attributes); }, i});
  }
}

void addSystem(std::vector<StateField>& out) {
  out.push_back({"gdtr.base", 8, false, [](State& s, unsigned) { return raw(s.gdtr.base); }, 0});
  out.push_back({"gdtr.limit", 4, false, [](State& s, unsigned) { return raw(s.gdtr.limit); }, 0});
  out.push_back({"idtr.base", 8, false, [](State& s, unsigned) { return raw(s.idtr.base); }, 0});
  out.push_back({"idtr.limit", 4, false, [](State& s, unsigned) { return raw(s.idtr.limit); }, 0});
  for (unsigned i = 0; i < kControls.size(); ++i)
    out.push_back({kControls[i].name, 8, kControls[i].member == &State::cr2,
                   [](State& s, unsigned n) { return raw(s.*kControls[n].member); }, i});
  for (unsigned i = 0; i < 4; ++i) {
    out.push_back({fmt::format("dr{}", i), 8, false, [](State& s, unsigned n) { return raw(s.dr[n]); }, i});
    out.push_back(
        {fmt::format("pdpte{}", i), 8, false, [](State& s, unsigned n) { return raw(s.pdpte[n]); }, i});
  }
  for (unsigned i = 0; i < kMsrs.size(); ++i)
    out.push_back({fmt::format("msr.{}", kMsrs[i].name), 8, false,
                   [](State& s, unsigned n) { return raw(s.msr.*kMsrs[n].member); }, i});
}

void addVectors(std::vector<StateField>& out) {
  for (unsigned i = 0; i < kXsaveFields.size(); ++i)
    out.push_back({kXsaveFields[i].name, kXsaveFields[i].size, true,
                   [](State& s, unsigned n) { return s.xsave.data() + kXsaveFields[n].offset; }, i});
  for (unsigned i = 0; i < 8; ++i)
    out.push_back(
        {fmt::format("st{}", i), 10, true, [](State& s, unsigned n) { return &s.xsave[32 + 16 * n]; }, i});
  for (unsigned i = 0; i < 16; ++i)
    out.push_back(
        {fmt::format("xmm{}", i), 16, true, [](State& s, unsigned n) { return &s.xsave[160 + 16 * n]; }, i});
  for (unsigned i = 0; i < 16; ++i)
    out.push_back({fmt::format("ymm{}h", i), 16, true,
                   [](State& s, unsigned n) { return &s.xsave[kXsaveAvxOffset + 16 * n]; }, i});
}

std::vector<StateField> makeFields() {
  std::vector<StateField> out;
  for (unsigned i = 0; i < 16; ++i)
    out.push_back({kGprNames[i], 8, true, [](State& s, unsigned n) { return raw(s.gpr[n]); }, i});
  out.push_back({"rip", 8, true, [](State& s, unsigned) { return raw(s.rip); }, 0});
  out.push_back({"rflags", 8, true, [](State& s, unsigned) { return raw(s.rflags); }, 0});
  addSegments(out);
  addSystem(out);
  addVectors(out);
  return out;
}

constexpr std::array kFlags{FlagName{"cf", kFlagCf},     FlagName{"pf", kFlagPf}, FlagName{"af", kFlagAf},
                            FlagName{"zf", kFlagZf},     FlagName{"sf", kFlagSf}, FlagName{"tf", kFlagTf},
                            FlagName{"if", kFlagIf},     FlagName{"df", kFlagDf}, FlagName{"of", kFlagOf},
                            FlagName{"iopl", kFlagIopl}, FlagName{"nt", kFlagNt}, FlagName{"rf", kFlagRf},
                            FlagName{"vm", kFlagVm},     FlagName{"ac", kFlagAc}, FlagName{"vif", kFlagVif},
                            FlagName{"vip", kFlagVip},   FlagName{"id", kFlagId}};

}  // namespace

std::span<const StateField> stateFields() {
  static const std::vector<StateField> fields = makeFields();
  return fields;
}

const StateField* findStateField(std::string_view name) {
  const auto all = stateFields();
  const auto at = std::ranges::find(all, name, &StateField::name);
  return at == all.end() ? nullptr : &*at;
}

std::string fieldText(const StateField& field, const CpuState& state) {
  const u8* bytes = field.in(state);
  std::string text;
  for (unsigned i = field.size; i-- > 0;) fmt::format_to(std::back_inserter(text), "{:02x}", bytes[i]);
  return text;
}

Result<> setField(const StateField& field, CpuState& state, std::string_view digits) {
  std::array<u8, 16> bytes{};
  if (digits.empty() || digits.size() > 2 * field.size)
    return fail("{} takes 1 to {} hexadecimal digits, not \"{}\"", field.name, 2 * field.size, digits);
  for (size_t i = 0; i < digits.size(); ++i) {
    const char* c = &digits[digits.size() - 1 - i];
    unsigned nibble = 0;
    if (std::from_chars(c, c + 1, nibble, 16).ptr != c + 1)
      return fail("\"{}\" of {} is no hexadecimal number", digits, field.name);
    bytes[i / 2] = static_cast<u8>(bytes[i / 2] | nibble << (i % 2 * 4));
  }
  std::memcpy(field.in(state), bytes.data(), field.size);
  return {};
}

std::span<const FlagName> flagNames() { return kFlags; }

}  // namespace duet::diff
