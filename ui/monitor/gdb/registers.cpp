#include "ui/monitor/gdb/registers.h"

#include <fmt/format.h>

#include <cstring>

#include "core/cpu/registers.h"
#include "ui/monitor/gdb/fpu_registers.h"

namespace duet::ui::gdb {
namespace {

constexpr const char* kCore = "org.gnu.gdb.i386.core";
constexpr const char* kSse = "org.gnu.gdb.i386.sse";
constexpr const char* kAvx = "org.gnu.gdb.i386.avx";
constexpr const char* kSegments = "org.gnu.gdb.i386.segments";
constexpr const char* kPkeys = "org.gnu.gdb.i386.pkeys";
constexpr const char* kSystem = "org.duet.system";

// gdb's order of the segment registers.
constexpr SegmentIndex kSegmentOrder[6] = {kSegCs, kSegSs, kSegDs, kSegEs, kSegFs, kSegGs};
constexpr const char* kSegmentNames[6] = {"cs", "ss", "ds", "es", "fs", "gs"};

bool hasRealModeSegments(const CpuState& s) { return !(s.cr0 & kCr0Pe) || (s.rflags & kFlagVm); }

// A register that is one member of CpuState.
template <class T>
T get(const u8* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <class T>
void put(u8* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

#define DUET_MEMBER(T, expression)                              \
  [](const CpuState& s, [[maybe_unused]] unsigned i, u8* out) { \
    put<T>(out, static_cast<T>(s.expression));                  \
  },                                                            \
      [](CpuState& s, [[maybe_unused]] unsigned i, const u8* in) { s.expression = get<T>(in); }

class List {
 public:
  std::vector<Register> all;

  void in(const char* feature, const char* group = "") {
    feature_ = feature;
    group_ = group;
  }
  using Read = void (*)(const CpuState&, unsigned, u8*);
  using Write = void (*)(CpuState&, unsigned, const u8*);
  void add(std::string name, unsigned bits, const char* type, Read read, Write write, unsigned index = 0) {
    all.push_back({std::move(name), bits, type, feature_, group_, index, read, write});
  }

 private:
  std::string feature_, group_;
};

void addGeneral(List& l) {
  // gdb's order, with our numbers.
  constexpr struct {
    const char* name;
    const char* type;
    GprIndex index;
  } kOrder[] = {
      {"rax", "int64", kRax}, {"rbx", "int64", kRbx}, {"rcx", "int64", kRcx},    {"rdx", "int64", kRdx},
      {"rsi", "int64", kRsi}, {"rdi", "int64", kRdi}, {"rbp", "data_ptr", kRbp}, {"rsp", "data_ptr", kRsp},
      {"r8", "int64", kR8},   {"r9", "int64", kR9},   {"r10", "int64", kR10},    {"r11", "int64", kR11},
      {"r12", "int64", kR12}, {"r13", "int64", kR13}, {"r14", "int64", kR14},    {"r15", "int64", kR15}};
  l.in(kCore);
  for (const auto& r : kOrder) l.add(r.name, 64, r.type, DUET_MEMBER(u64, gpr[i]), r.index);
  l.add("rip", 64, "code_ptr", DUET_MEMBER(u64, rip));
  l.add("eflags", 32, "eflags_bits", DUET_MEMBER(u32, rflags));
}

void addSegments(List& l) {
  for (unsigned n = 0; n < 6; ++n) {
    l.add(
        kSegmentNames[n], 32, "int32",
        [](const CpuState& s, unsigned i, u8* out) { put<u32>(out, s.segment[i].selector); },
        [](CpuState& s, unsigned i, const u8* in) {
          SegmentRegister& r = s.segment[i];
          const u16 selector = get<u16>(in);
          if (r.selector != selector && hasRealModeSegments(s)) r.base = u64{selector} << 4;
          r.selector = selector;
        },
        kSegmentOrder[n]);
  }
}

void addX87(List& l) {
  for (unsigned n = 0; n < 8; ++n) {
    l.add(
        fmt::format("st{}", n), 80, "i387_ext",
        [](const CpuState& s, unsigned i, u8* out) { readArea(s, kXcr0X87, kAreaSt0 + 16 * i, 10, out); },
        [](CpuState& s, unsigned i, const u8* in) { writeArea(s, kXcr0X87, kAreaSt0 + 16 * i, 10, in); }, n);
  }
  constexpr const char* kNames[] = {"fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"};
  l.in(kCore, "float");
  for (unsigned n = 0; n < 8; ++n) {
    l.add(
        kNames[n], 32, "int", [](const CpuState& s, unsigned i, u8* out) { put<u32>(out, readX87(s, i)); },
        [](CpuState& s, unsigned i, const u8* in) { writeX87(s, i, get<u32>(in)); }, n);
  }
}

void addVectors(List& l) {
  l.in(kSse);
  for (unsigned n = 0; n < 16; ++n) {
    l.add(
        fmt::format("xmm{}", n), 128, "vec128",
        [](const CpuState& s, unsigned i, u8* out) { readArea(s, kXcr0Sse, kAreaXmm0 + 16 * i, 16, out); },
        [](CpuState& s, unsigned i, const u8* in) { writeArea(s, kXcr0Sse, kAreaXmm0 + 16 * i, 16, in); }, n);
  }
  // MXCSR is kept whatever the area says of its components.
  l.in(kSse, "vector");
  l.add(
      "mxcsr", 32, "mxcsr_bits",
      [](const CpuState& s, unsigned, u8* out) { std::memcpy(out, &s.xsave[kAreaMxcsr], 4); },
      [](CpuState& s, unsigned, const u8* in) { std::memcpy(&s.xsave[kAreaMxcsr], in, 4); });
  l.in(kAvx);
  for (unsigned n = 0; n < 16; ++n) {
    l.add(
        fmt::format("ymm{}h", n), 128, "uint128",
        [](const CpuState& s, unsigned i, u8* out) {
          readArea(s, kXcr0Avx, kXsaveAvxOffset + 16 * i, 16, out);
        },
        [](CpuState& s, unsigned i, const u8* in) {
          writeArea(s, kXcr0Avx, kXsaveAvxOffset + 16 * i, 16, in);
        },
        n);
  }
  l.in(kPkeys);
  l.add(
      "pkru", 32, "int",
      [](const CpuState& s, unsigned, u8* out) { readArea(s, kXcr0Pkru, kXsavePkruOffset, 4, out); },
      [](CpuState& s, unsigned, const u8* in) { writeArea(s, kXcr0Pkru, kXsavePkruOffset, 4, in); });
}

// What QEMU's users know by name.
void addBasesAndControls(List& l) {
  l.in(kSegments);
  l.add("fs_base", 64, "int", DUET_MEMBER(u64, segment[kSegFs].base));
  l.add("gs_base", 64, "int", DUET_MEMBER(u64, segment[kSegGs].base));
  l.in(kSystem);
  l.add("k_gs_base", 64, "int", DUET_MEMBER(u64, msr.kernelGsBase));
  for (unsigned n = 0; n < 4; ++n)
    l.add(fmt::format("{}_base", kSegmentNames[n]), 64, "int", DUET_MEMBER(u64, segment[i].base),
          kSegmentOrder[n]);
  l.add(
      "linear_pc", 64, "code_ptr",
      [](const CpuState& s, unsigned, u8* out) { put<u64>(out, codeAddress(s).value); },
      [](CpuState&, unsigned, const u8*) {});
  l.add("cr0", 64, "cr0_bits", DUET_MEMBER(u64, cr0));
  l.add("cr2", 64, "int", DUET_MEMBER(u64, cr2));
  l.add("cr3", 64, "int", DUET_MEMBER(u64, cr3));
  l.add("cr4", 64, "cr4_bits", DUET_MEMBER(u64, cr4));
  l.add("cr8", 64, "int", DUET_MEMBER(u64, cr8));
  l.add("efer", 64, "efer_bits", DUET_MEMBER(u64, msr.efer));
}

void addSystem(List& l) {
  l.in(kSystem);
  l.add("xcr0", 64, "int", DUET_MEMBER(u64, xcr0));
  for (unsigned n = 0; n < 4; ++n) l.add(fmt::format("dr{}", n), 64, "int", DUET_MEMBER(u64, dr[i]), n);
  l.add("dr6", 64, "int", DUET_MEMBER(u64, dr6));
  l.add("dr7", 64, "int", DUET_MEMBER(u64, dr7));
  l.add("gdtr_base", 64, "int", DUET_MEMBER(u64, gdtr.base));
  l.add("gdtr_limit", 32, "int", DUET_MEMBER(u32, gdtr.limit));
  l.add("idtr_base", 64, "int", DUET_MEMBER(u64, idtr.base));
  l.add("idtr_limit", 32, "int", DUET_MEMBER(u32, idtr.limit));
  l.add("ldtr", 32, "int", DUET_MEMBER(u16, ldtr.selector));
  l.add("ldtr_base", 64, "int", DUET_MEMBER(u64, ldtr.base));
  l.add("ldtr_limit", 32, "int", DUET_MEMBER(u32, ldtr.limit));
  l.add("tr", 32, "int", DUET_MEMBER(u16, tr.selector));
  l.add("tr_base", 64, "int", DUET_MEMBER(u64, tr.base));
  l.add("tr_limit", 32, "int", DUET_MEMBER(u32, tr.limit));
  for (unsigned n = 0; n < 6; ++n) {
    l.add(fmt::format("{}_limit", kSegmentNames[n]), 32, "int", DUET_MEMBER(u32, segment[i].limit),
          kSegmentOrder[n]);
    l.add(fmt::format("{}_attr", kSegmentNames[n]), 32, "int", DUET_MEMBER(u32, segment[i].attributes),
          kSegmentOrder[n]);
  }
  l.add("star", 64, "int", DUET_MEMBER(u64, msr.star));
  l.add("lstar", 64, "int", DUET_MEMBER(u64, msr.lstar));
  l.add("cstar", 64, "int", DUET_MEMBER(u64, msr.cstar));
  l.add("sfmask", 64, "int", DUET_MEMBER(u64, msr.sfmask));
  l.add("sysenter_cs", 64, "int", DUET_MEMBER(u64, msr.sysenterCs));
  l.add("sysenter_esp", 64, "int", DUET_MEMBER(u64, msr.sysenterEsp));
  l.add("sysenter_eip", 64, "int", DUET_MEMBER(u64, msr.sysenterEip));
  l.add("pat", 64, "int", DUET_MEMBER(u64, msr.pat));
  l.add("tsc_aux", 64, "int", DUET_MEMBER(u64, msr.tscAux));
}

#undef DUET_MEMBER

}  // namespace

const std::vector<Register>& registers() {
  static const std::vector<Register> all = [] {
    List l;
    addGeneral(l);
    addSegments(l);
    addX87(l);
    addVectors(l);
    addBasesAndControls(l);
    addSystem(l);
    return std::move(l.all);
  }();
  return all;
}

}  // namespace duet::ui::gdb
