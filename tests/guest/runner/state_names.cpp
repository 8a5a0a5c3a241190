#include "tests/guest/runner/state_names.h"

#include <cstring>
#include <string>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"

namespace duet::test {
namespace {

struct GprName {
  unsigned index, shift, bits;
};

std::optional<GprName> findGpr(std::string_view name) {
  static constexpr std::string_view kWords[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  static constexpr std::string_view kLow[] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
  static constexpr std::string_view kHigh[] = {"ah", "ch", "dh", "bh"};
  for (unsigned i = 0; i < 8; ++i) {
    if (name == kWords[i]) return GprName{i, 0, 16};
    if (name == kLow[i]) return GprName{i, 0, 8};
    if (i < 4 && name == kHigh[i]) return GprName{i, 8, 8};
    if (name.size() == 3 && name.substr(1) == kWords[i] && name[0] == 'e') return GprName{i, 0, 32};
    if (name.size() == 3 && name.substr(1) == kWords[i] && name[0] == 'r') return GprName{i, 0, 64};
  }
  for (unsigned i = 8; i < 16; ++i)
    if (name == "r" + std::to_string(i)) return GprName{i, 0, 64};
  return {};
}

std::optional<NamedValue> readSegment(const CpuState& s, std::string_view name) {
  static constexpr std::string_view kNames[] = {"es", "cs", "ss", "ds", "fs", "gs", "tr", "ldtr"};
  const std::string_view head = name.substr(0, name.find('.'));
  const std::string_view part = head.size() == name.size() ? "" : name.substr(head.size() + 1);
  for (unsigned i = 0; i < std::size(kNames); ++i) {
    if (head != kNames[i]) continue;
    const SegmentRegister& r = i < 6 ? s.segment[i] : i == 6 ? s.tr : s.ldtr;
    if (part.empty()) return NamedValue{r.selector, 16};
    if (part == "base") return NamedValue{r.base, 64};
    if (part == "limit") return NamedValue{r.limit, 32};
    if (part == "attributes") return NamedValue{r.attributes, 32};
  }
  return {};
}

template <class T>
T xsaveField(const CpuState& s, size_t offset) {
  T value{};
  std::memcpy(&value, s.xsave.data() + offset, sizeof value);
  return value;
}

// Offsets in the legacy region: SDM vol. 1 table 10-2.
std::optional<NamedValue> readFloating(const CpuState& s, std::string_view name) {
  if (name == "fcw") return NamedValue{xsaveField<u16>(s, 0), 16};
  if (name == "fsw") return NamedValue{xsaveField<u16>(s, 2), 16};
  if (name == "ftw") return NamedValue{xsaveField<u8>(s, 4), 8};
  if (name == "fop") return NamedValue{xsaveField<u16>(s, 6), 16};
  if (name == "fip") return NamedValue{xsaveField<u64>(s, 8), 64};
  if (name == "fdp") return NamedValue{xsaveField<u64>(s, 16), 64};
  if (name == "mxcsr") return NamedValue{xsaveField<u32>(s, 24), 32};
  for (size_t i = 0; i < 16; ++i) {
    const std::string number = std::to_string(i);
    const std::string xmm = "xmm" + number, ymm = "ymm" + number, st = "st" + number;
    if (name == xmm + ".lo") return NamedValue{xsaveField<u64>(s, 160 + 16 * i), 64};
    if (name == xmm + ".hi") return NamedValue{xsaveField<u64>(s, 168 + 16 * i), 64};
    if (name == ymm + ".lo") return NamedValue{xsaveField<u64>(s, kXsaveAvxOffset + 16 * i), 64};
    if (name == ymm + ".hi") return NamedValue{xsaveField<u64>(s, kXsaveAvxOffset + 8 + 16 * i), 64};
    if (i < 8 && name == st + ".lo") return NamedValue{xsaveField<u64>(s, 32 + 16 * i), 64};
    if (i < 8 && name == st + ".hi") return NamedValue{xsaveField<u16>(s, 40 + 16 * i), 16};
  }
  return {};
}

std::optional<NamedValue> readSystem(const CpuState& s, std::string_view name) {
  const std::pair<std::string_view, u64> values[] = {{"rip", s.rip},
                                                     {"rflags", s.rflags},
                                                     {"cr0", s.cr0},
                                                     {"cr2", s.cr2},
                                                     {"cr3", s.cr3},
                                                     {"cr4", s.cr4},
                                                     {"cr8", s.cr8},
                                                     {"xcr0", s.xcr0},
                                                     {"dr0", s.dr[0]},
                                                     {"dr1", s.dr[1]},
                                                     {"dr2", s.dr[2]},
                                                     {"dr3", s.dr[3]},
                                                     {"dr6", s.dr6},
                                                     {"dr7", s.dr7},
                                                     {"efer", s.msr.efer},
                                                     {"gdtr.base", s.gdtr.base},
                                                     {"gdtr.limit", s.gdtr.limit},
                                                     {"idtr.base", s.idtr.base},
                                                     {"idtr.limit", s.idtr.limit}};
  for (const auto& [known, value] : values)
    if (name == known) return NamedValue{value, 64};
  return {};
}

}  // namespace

std::optional<NamedValue> readRegister(const CpuState& s, std::string_view name) {
  if (const auto gpr = findGpr(name)) {
    const u64 mask = gpr->bits == 64 ? ~u64{0} : (u64{1} << gpr->bits) - 1;
    return NamedValue{s.gpr[gpr->index] >> gpr->shift & mask, gpr->bits};
  }
  if (auto v = readSegment(s, name)) return v;
  if (auto v = readFloating(s, name)) return v;
  return readSystem(s, name);
}

bool writeRegister(CpuState& s, std::string_view name, u64 value) {
  const auto gpr = findGpr(name);
  if (!gpr) return false;
  const u64 mask = (gpr->bits == 64 ? ~u64{0} : (u64{1} << gpr->bits) - 1) << gpr->shift;
  s.gpr[gpr->index] = (s.gpr[gpr->index] & ~mask) | (value << gpr->shift & mask);
  return true;
}

std::optional<FlagPattern> parseFlags(std::string_view text) {
  static constexpr std::pair<std::string_view, u64> kNames[] = {
      {"cf", kFlagCf}, {"pf", kFlagPf},     {"af", kFlagAf},
      {"zf", kFlagZf}, {"sf", kFlagSf},     {"tf", kFlagTf},
      {"if", kFlagIf}, {"df", kFlagDf},     {"of", kFlagOf},
      {"nt", kFlagNt}, {"rf", kFlagRf},     {"vm", kFlagVm},
      {"ac", kFlagAc}, {"vif", kFlagVif},   {"vip", kFlagVip},
      {"id", kFlagId}, {"iopl", kFlagIopl}, {"arith", kFlagsArithmetic}};
  FlagPattern pattern;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    const bool clear = word.substr(0, 1) == "!";
    if (clear) word.remove_prefix(1);
    bool known = false;
    for (const auto& [name, bits] : kNames) {
      if (word != name) continue;
      (clear ? pattern.clear : pattern.set) |= bits;
      known = true;
    }
    if (!known) return {};
  }
  return pattern;
}

std::optional<u8> exceptionVector(std::string_view name) {
  static constexpr std::pair<std::string_view, u8> kNames[] = {
      {"de", kExcDE}, {"db", kExcDB}, {"nmi", kExcNMI}, {"bp", kExcBP}, {"of", kExcOF}, {"br", kExcBR},
      {"ud", kExcUD}, {"nm", kExcNM}, {"df", kExcDF},   {"ts", kExcTS}, {"np", kExcNP}, {"ss", kExcSS},
      {"gp", kExcGP}, {"pf", kExcPF}, {"mf", kExcMF},   {"ac", kExcAC}, {"mc", kExcMC}, {"xm", kExcXM}};
  for (const auto& [known, vector] : kNames)
    if (name == known) return vector;
  return {};
}

bool pushesErrorCode(u8 v) { return v == kExcDF || (v >= kExcTS && v <= kExcPF) || v == kExcAC; }

}  // namespace duet::test
