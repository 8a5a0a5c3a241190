// Cases as text for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/isa/insn.h"
#include "tools/diff/compare/compare.h"

namespace duet::diff {

// The processor that decodes.
struct Decoder {
  FeatureSet features;
  CpuVendor vendor = CpuVendor::Intel;
};

// An instruction of a case, or bytes that are none (row null, length 1).
struct CodeLine {
  u64 address;
  std::vector<u8> bytes;
  tcg::isa::Insn insn;
};

// The instruction that `bytes` begin with, for the code segment of `state`.
CodeLine decodeLine(u64 address, std::vector<u8> bytes, const CpuState& state, const Decoder& decoder);
std::string lineText(const CodeLine& line);         // address, bytes, instruction; without an end of line
std::string instructionText(const CodeLine& line);  // the instruction alone

// The instructions of the piece the code begins in, one behind the other.
std::vector<CodeLine> codeLines(const Case& c, const Decoder& decoder);

// "20000ffd  48 01 d8             add rax, rbx", a line each.
std::string codeText(const Case& c, const Decoder& decoder);

// Of every value of the state that either engine changed or they disagree about: before, left and right, a star where they
// differ.
std::string stateTable(const Case& c, std::string_view leftName, const Outcome& left,
                       std::string_view rightName, const Outcome& right);

// The listing, and of every value that either engine changed or they disagree about: before, left and right, those that
// differ with a star. Memory likewise.
std::string report(const Case& c, const Decoder& decoder, std::string_view leftName, const Outcome& left,
                   std::string_view rightName, const Outcome& right);

}  // namespace duet::diff
