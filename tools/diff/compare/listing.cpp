#include "tools/diff/compare/listing.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "core/cpu/registers.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/isa/format.h"
#include "tools/diff/case/case_bytes.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

CodeMode codeMode(const CpuState& s) {
  const u32 cs = s.segment[kSegCs].attributes;
  if ((s.msr.efer & kEferLma) && (cs & kSegL)) return CodeMode::Bits64;
  return cs & kSegDb ? CodeMode::Bits32 : CodeMode::Bits16;
}

std::string flagsText(u64 flags) {
  std::string text;
  for (const FlagName& f : flagNames())
    if (flags & f.mask) text += (text.empty() ? "" : " ") + std::string(f.name);
  return text.empty() ? "none" : text;
}

struct Row {
  std::string name, before, left, right;
};

std::string valueText(const StateField& field, const CpuState& s) {
  return field.name == "rflags" ? flagsText(s.rflags) : fieldText(field, s);
}

std::vector<Row> stateRows(const Case& c, const Outcome& left, const Outcome& right) {
  const CpuState before = comparedState(c.world, c.start), l = comparedState(c.world, left.after),
                 r = comparedState(c.world, right.after);
  std::vector<Row> rows;
  for (const StateField& field : stateFields()) {
    const auto equal = [&](const CpuState& a, const CpuState& b) {
      return std::memcmp(field.in(a), field.in(b), field.size) == 0;
    };
    if (equal(before, l) && equal(before, r)) continue;
    rows.push_back({field.name, valueText(field, before), valueText(field, l), valueText(field, r)});
  }
  return rows;
}

std::vector<Row> memoryRows(const Case& c, const Outcome& left, const Outcome& right) {
  const auto text = [&](const Outcome& o, u64 address, size_t size) {
    std::string out;
    for (u64 a = address; a < address + size; ++a) {
      u8 byte = byteAt(c, a).value_or(0);
      for (const Piece& p : o.writes)
        if (a >= p.address && a - p.address < p.bytes.size()) byte = p.bytes[a - p.address];
      out += fmt::format("{:02x}", byte);
    }
    return out;
  };
  std::set<u64> lines;
  for (const Outcome* o : {&left, &right})
    for (const Piece& p : o->writes)
      for (u64 a = p.address & ~u64{7}; a < p.address + p.bytes.size(); a += 8) lines.insert(a);
  std::vector<Row> rows;
  const Outcome untouched;
  for (u64 a : lines)
    rows.push_back({fmt::format("[{:x}]", a), text(untouched, a, 8), text(left, a, 8), text(right, a, 8)});
  return rows;
}

std::string endingText(const Outcome& o) {
  if (o.ending != Ending::Exception) return std::string(endingName(o.ending));
  return o.exception.hasErrorCode ? fmt::format("#{} ({:x})", o.exception.vector, o.exception.errorCode)
                                  : fmt::format("#{}", o.exception.vector);
}

std::string table(const std::vector<Row>& rows) {
  size_t width[4] = {};
  for (const Row& r : rows) {
    const std::string* cells[] = {&r.name, &r.before, &r.left, &r.right};
    for (unsigned i = 0; i < 4; ++i) width[i] = std::max(width[i], cells[i]->size());
  }
  std::string text;
  for (const Row& r : rows) {
    const char* mark = r.left == r.right || &r == &rows.front() ? "  " : "* ";
    text += fmt::format("{}{:<{}}  {:<{}}  {:<{}}  {}\n", mark, r.name, width[0], r.before, width[1], r.left,
                        width[2], r.right);
  }
  return text;
}

}  // namespace

CodeLine decodeLine(u64 address, std::vector<u8> bytes, const CpuState& state, const Decoder& decoder) {
  CodeLine line{address, std::move(bytes), {}};
  const auto status = decode(line.bytes, codeMode(state), state.cr0 & 1, decoder.features, line.insn,
                             decoder.vendor == CpuVendor::Amd ? Dialect::Amd : Dialect::Intel);
  if (status != DecodeStatus::Ok) {
    line.insn.row = nullptr;
    line.insn.length = 1;
  }
  line.bytes.resize(std::min<size_t>(line.insn.length, line.bytes.size()));
  return line;
}

std::string lineText(const CodeLine& line) {
  std::string bytes;
  for (u8 b : line.bytes) bytes += fmt::format("{:02x} ", b);
  return fmt::format("  {:x}  {:<30} {}", line.address, bytes, instructionText(line));
}

std::string instructionText(const CodeLine& line) {
  return line.insn.row ? format(line.insn, line.address) : "(no instruction)";
}

std::vector<CodeLine> codeLines(const Case& c, const Decoder& decoder) {
  std::vector<CodeLine> lines;
  const Piece* piece = codePiece(c);
  if (!piece) return lines;
  u64 address = codeAddress(c.start).value;
  const u64 end = piece->address + piece->bytes.size();
  while (address < end) {
    CodeLine line = decodeLine(address, bytesAt(c, address, 15), c.start, decoder);
    address += line.insn.length;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string codeText(const Case& c, const Decoder& decoder) {
  std::string text;
  for (const CodeLine& line : codeLines(c, decoder)) text += lineText(line) + "\n";
  return text;
}

std::string stateTable(const Case& c, std::string_view leftName, const Outcome& left,
                       std::string_view rightName, const Outcome& right) {
  std::vector<Row> rows{{"", "before", std::string(leftName), std::string(rightName)}};
  for (auto& r : stateRows(c, left, right)) rows.push_back(std::move(r));
  return table(rows);
}

std::string report(const Case& c, const Decoder& decoder, std::string_view leftName, const Outcome& left,
                   std::string_view rightName, const Outcome& right) {
  std::vector<Row> rows{{"", "before", std::string(leftName), std::string(rightName)}};
  rows.push_back({"ends by", "", endingText(left), endingText(right)});
  for (auto& r : stateRows(c, left, right)) rows.push_back(std::move(r));
  for (auto& r : memoryRows(c, left, right)) rows.push_back(std::move(r));
  return codeText(c, decoder) + table(rows);
}

}  // namespace duet::diff
