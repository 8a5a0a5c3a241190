// Disagreements that are known, with a reason each: a text file of lines
//
//   name | witness | modes | ours | theirs | when | kinds | reason | reference | example
//
// `witness`: llvm, capstone, host or any. `modes`: 16, 32, 64 by blanks, or any. `ours`: our mnemonic or the row's encoding,
// "-" where we call the bytes no instruction, "*" whatever it is; several by commas, mnemonics may be patterns (fnmatch).
// `theirs`: the same of the witness's mnemonic. `when`: words of kConditions, by blanks, all of which must hold; "!" before
// one that must not; "-" for none. `kinds`: of DecodeKind, by commas. `example`: a mode, a colon
// and bytes in hexadecimal of which the entry speaks. A line that begins with # is a comment.
//
// A disagreement is known when each of its kinds is an entry's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "tools/diff/decode/difference.h"
#include "tools/diff/decode/our_reading.h"

namespace duet::diff {

struct Disagreement {
  std::string_view witness;
  std::span<const u8> bytes;
  CodeMode mode;
  const OurReading& ours;
  const Reading& theirs;
  DecodeKinds kinds;
};

struct DecodeCondition {
  std::string_view word;
  bool (*holds)(const Disagreement& d);
  std::string_view meaning;
};
std::span<const DecodeCondition> decodeConditions();

struct KnownDecode {
  std::string name;
  std::string witness;
  std::vector<CodeMode> modes;
  std::vector<std::string> ours, theirs;
  struct When {
    const DecodeCondition* condition;
    bool wanted;
  };
  std::vector<When> when;
  DecodeKinds kinds;
  std::string reason, reference;
  CodeMode exampleMode = CodeMode::Bits64;
  ByteString example{};
};

// An error names the file and line.
Result<std::vector<KnownDecode>> parseKnownDecode(std::string_view text, std::string_view fileName);

// "64: 0f 0b"; what is left of the bytes is NOPs.
struct WrittenBytes {
  CodeMode mode;
  ByteString bytes;
};
Result<WrittenBytes> parseBytes(std::string_view text);

// The entries that explain the disagreement, by their index; empty where a kind stays unexplained.
std::vector<size_t> explain(const std::vector<KnownDecode>& known, const Disagreement& d);

}  // namespace duet::diff
