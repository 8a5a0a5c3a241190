// The target description: registers() in gdb's words, and the types they have.
#include <fmt/format.h>

#include "ui/monitor/gdb/registers.h"

namespace duet::ui::gdb {
namespace {

struct Bit {
  const char* name;
  unsigned bit;
};

std::string flags(const char* id, unsigned bytes, std::span<const Bit> bits) {
  std::string xml = fmt::format("<flags id=\"{}\" size=\"{}\">", id, bytes);
  for (const Bit& b : bits)
    xml += fmt::format("<field name=\"{}\" start=\"{}\" end=\"{}\"/>", b.name, b.bit, b.bit);
  return xml + "</flags>\n";
}

std::string coreTypes() {
  // The empty name marks the bit that is always one.
  constexpr Bit kBits[] = {{"CF", 0},  {"", 1},    {"PF", 2},   {"AF", 4},   {"ZF", 6},  {"SF", 7},
                           {"TF", 8},  {"IF", 9},  {"DF", 10},  {"OF", 11},  {"NT", 14}, {"RF", 16},
                           {"VM", 17}, {"AC", 18}, {"VIF", 19}, {"VIP", 20}, {"ID", 21}};
  return flags("eflags_bits", 4, kBits);
}

std::string sseTypes() {
  struct Lane {
    const char* id;
    const char* element;
    unsigned count;
    const char* member;  // gdb's users write $xmm0.v4_float[1]
  };
  constexpr Lane kLanes[] = {
      {"lanes_f32", "ieee_single", 4, "v4_float"}, {"lanes_f64", "ieee_double", 2, "v2_double"},
      {"lanes_i8", "int8", 16, "v16_int8"},        {"lanes_i16", "int16", 8, "v8_int16"},
      {"lanes_i32", "int32", 4, "v4_int32"},       {"lanes_i64", "int64", 2, "v2_int64"}};
  std::string xml, members;
  for (const Lane& l : kLanes) {
    xml += fmt::format("<vector id=\"{}\" type=\"{}\" count=\"{}\"/>\n", l.id, l.element, l.count);
    members += fmt::format("<field name=\"{}\" type=\"{}\"/>", l.member, l.id);
  }
  xml += "<union id=\"vec128\">" + members + "<field name=\"uint128\" type=\"uint128\"/></union>\n";
  constexpr Bit kBits[] = {{"IE", 0}, {"DE", 1}, {"ZE", 2}, {"OE", 3},  {"UE", 4},  {"PE", 5},  {"DAZ", 6},
                           {"IM", 7}, {"DM", 8}, {"ZM", 9}, {"OM", 10}, {"UM", 11}, {"PM", 12}, {"FZ", 15}};
  return xml + flags("mxcsr_bits", 4, kBits);
}

std::string systemTypes() {
  constexpr Bit kCr0[] = {{"PE", 0},  {"MP", 1},  {"EM", 2},  {"TS", 3},  {"ET", 4}, {"NE", 5},
                          {"WP", 16}, {"AM", 18}, {"NW", 29}, {"CD", 30}, {"PG", 31}};
  constexpr Bit kCr4[] = {{"VME", 0},         {"PVI", 1},   {"TSD", 2},   {"DE", 3},        {"PSE", 4},
                          {"PAE", 5},         {"MCE", 6},   {"PGE", 7},   {"PCE", 8},       {"OSFXSR", 9},
                          {"OSXMMEXCPT", 10}, {"UMIP", 11}, {"LA57", 12}, {"FSGSBASE", 16}, {"PCIDE", 17},
                          {"OSXSAVE", 18},    {"SMEP", 20}, {"SMAP", 21}, {"PKE", 22}};
  constexpr Bit kEfer[] = {{"SCE", 0}, {"LME", 8}, {"LMA", 10}, {"NXE", 11}};
  return flags("cr0_bits", 8, kCr0) + flags("cr4_bits", 8, kCr4) + flags("efer_bits", 8, kEfer);
}

std::string typesOf(std::string_view feature) {
  if (feature.ends_with(".core")) return coreTypes();
  if (feature.ends_with(".sse")) return sseTypes();
  if (feature.ends_with(".system")) return systemTypes();
  return {};
}

std::string makeXml() {
  std::string xml =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n"
      "<architecture>i386:x86-64</architecture>\n";
  std::string feature;
  for (const Register& r : registers()) {
    if (r.feature != feature) {
      xml += fmt::format("{}<feature name=\"{}\">\n{}", feature.empty() ? "" : "</feature>\n", r.feature,
                         typesOf(r.feature));
      feature = r.feature;
    }
    xml += fmt::format("<reg name=\"{}\" bitsize=\"{}\" type=\"{}\"{}/>\n", r.name, r.bits, r.type,
                       r.group.empty() ? "" : fmt::format(" group=\"{}\"", r.group));
  }
  return xml + "</feature>\n</target>\n";
}

}  // namespace

const std::string& targetXml() {
  static const std::string xml = makeXml();
  return xml;
}

}  // namespace duet::ui::gdb
