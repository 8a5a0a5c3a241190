#include "tools/diff/decode/conventions.h"

#include <algorithm>
#include <string_view>

namespace duet::diff {
namespace {

struct OtherName {
  std::string_view theirs, manual;
};

// Sorted by the first column.
constexpr OtherName kNames[] = {
    {"fcompi", "fcomip"},
    {"fucompi", "fucomip"},
    {"icebp", "int1"},
    {"lcall", "call far"},
    {"lgdtd", "lgdt"},
    {"lgdtw", "lgdt"},
    {"lidtd", "lidt"},
    {"lidtw", "lidt"},
    {"ljmp", "jmp far"},
    {"movabs", "mov"},
    {"popal", "popad"},
    {"popaw", "popa"},
    {"pushal", "pushad"},
    {"pushaw", "pusha"},
    {"retfq", "retf"},
    {"sal", "shl"},
    {"sgdtd", "sgdt"},
    {"sgdtw", "sgdt"},
    {"sidtd", "sidt"},
    {"sidtw", "sidt"},
    {"ud2b", "ud1"},
    {"vcvtpd2dqx", "vcvtpd2dq"},
    {"vcvtpd2dqy", "vcvtpd2dq"},
    {"vcvtpd2psx", "vcvtpd2ps"},
    {"vcvtpd2psy", "vcvtpd2ps"},
    {"vcvttpd2dqx", "vcvttpd2dq"},
    {"vcvttpd2dqy", "vcvttpd2dq"},
    {"wait", "fwait"},
};

// SDM vol. 2, CMPPS and VCMPPS: the pseudo-operations, by their immediate.
constexpr std::string_view kPredicates[] = {
    "eq",    "lt",     "le",     "unord",    "neq",    "nlt",    "nle",    "ord",
    "eq_uq", "nge",    "ngt",    "false",    "neq_oq", "ge",     "gt",     "true",
    "eq_os", "lt_oq",  "le_oq",  "unord_s",  "neq_us", "nlt_uq", "nle_uq", "ord_s",
    "eq_us", "nge_uq", "ngt_uq", "false_os", "neq_os", "ge_oq",  "gt_oq",  "true_us",
};

bool takePredicate(Reading& reading) {
  std::string_view rest = reading.name;
  const bool v = rest.starts_with('v');
  if (v) rest.remove_prefix(1);
  if (!rest.starts_with("cmp") || rest.size() < 7) return false;
  const std::string_view type = rest.substr(rest.size() - 2);
  if (type != "ps" && type != "pd" && type != "ss" && type != "sd") return false;
  const std::string_view predicate = rest.substr(3, rest.size() - 5);
  const auto at = std::ranges::find(kPredicates, predicate);
  if (at == std::end(kPredicates) || reading.count == kMostParts) return false;
  reading.add(PartKind::Immediate).value = static_cast<u64>(at - kPredicates);
  std::string name = v ? "vcmp" : "cmp";
  name += type;
  reading.name = std::move(name);
  return true;
}

// "lcall 0x10, 0x20" is a far pointer.
void joinFarPointer(Reading& reading) {
  if (reading.count != 2 || !reading.name.ends_with(" far") || reading.parts[0].kind != PartKind::Immediate ||
      reading.parts[1].kind != PartKind::Immediate)
    return;
  reading.count = 1;
  Part& part = reading.parts[0];
  part.kind = PartKind::FarPointer;
  part.selector = static_cast<u32>(part.value & 0xffff);
  part.value = reading.parts[1].value;
}

}  // namespace

void toManualNames(Reading& reading) {
  static_assert(std::ranges::is_sorted(kNames, {}, &OtherName::theirs));
  if (takePredicate(reading)) return;
  const auto at = std::ranges::lower_bound(kNames, std::string_view(reading.name), {}, &OtherName::theirs);
  if (at != std::end(kNames) && at->theirs == reading.name) reading.name = at->manual;
  joinFarPointer(reading);
}

}  // namespace duet::diff
