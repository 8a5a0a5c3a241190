// Many byte strings, our decoder against witnesses; what differs, by kind.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/diff/decode/byte_source.h"
#include "tools/diff/decode/known_decode.h"

namespace duet::diff {

// All disagreements alike: of one witness in one mode, between one of our rows and one of its mnemonics.
struct DecodeFindingKey {
  std::string witness;
  CodeMode mode;
  DecodeKinds kinds;
  std::string ours, theirs;  // row's encoding and mnemonic; "-" for no instruction
  auto operator<=>(const DecodeFindingKey&) const = default;
};

struct DecodeFinding {
  u64 count = 0;
  ByteString bytes{};        // of the first
  std::string ours, theirs;  // what both say to them
};

struct WitnessCount {
  std::map<DecodeKinds, u64> kinds;  // of all disagreements, known or not
  u64 agreeValid = 0, agreeInvalid = 0, silent = 0, known = 0, unknown = 0;
};

struct DecodeSummary {
  u64 strings = 0;
  double seconds = 0;
  std::map<std::string, WitnessCount> witnesses;
  struct Explained {
    u64 count = 0;
    CodeMode mode = CodeMode::Bits64;  // of the first
    ByteString bytes{};
    u8 length = 0;
  };
  std::vector<Explained> explained;  // by index of the known list
  std::map<DecodeFindingKey, DecodeFinding> findings;

  void add(const DecodeSummary& other);
};

using OurReader =
    std::function<void(std::span<const u8> bytes, CodeMode mode, const Reader& reader, OurReading& out)>;

struct DecodeOptions {
  std::vector<CodeMode> modes;
  u64 first = 0;
  u64 stride = 1;  // every so many-eth string of the source
  unsigned threads = 1;
  std::function<void(u64 done, u64 all)> progress = nullptr;  // on the calling thread
  OurReader ours = readOurs;                                  // a test may give one with a mistake in it
};

// A set of witnesses for a thread.
using MakeWitnesses = std::function<Result<std::vector<std::unique_ptr<DecodeWitness>>>()>;

Result<DecodeSummary> runDecode(const ByteSource& source, const MakeWitnesses& make,
                                const std::vector<KnownDecode>& known, const DecodeOptions& options,
                                const std::atomic<bool>& stop);

// "48 89 e5" and what everybody says, for people.
std::string hexText(std::span<const u8> bytes);
std::string describe(const Reading& reading);

}  // namespace duet::diff
