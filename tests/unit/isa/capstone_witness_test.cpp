// Length and validity of random byte strings, compared with Capstone in the three code modes.
#include <capstone/capstone.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <string>

#include "cpu-tcg/isa/decoder.h"
#include "tests/unit/isa/capstone_exceptions.h"

namespace duet::tcg::isa {
namespace {

constexpr unsigned kRounds = 600'000;
constexpr u64 kSeed = 0x5eed;

class Capstone {
 public:
  explicit Capstone(cs_mode mode) {
    EXPECT_EQ(cs_open(CS_ARCH_X86, mode, &handle_), CS_ERR_OK);
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    insn_ = cs_malloc(handle_);
  }
  Capstone(const Capstone&) = delete;
  Capstone& operator=(const Capstone&) = delete;
  ~Capstone() {
    cs_free(insn_, 1);
    cs_close(&handle_);
  }

  // Null: not an instruction. Valid until the next call.
  const cs_insn* decode(std::span<const u8> bytes) {
    const u8* at = bytes.data();
    size_t left = bytes.size();
    u64 address = 0;
    return cs_disasm_iter(handle_, &at, &left, &address, insn_) ? insn_ : nullptr;
  }

 private:
  csh handle_ = 0;
  cs_insn* insn_ = nullptr;
};

using Bytes = std::array<u8, 15>;

// Random bytes, led by plausible prefixes and escapes so that every map gets its share.
Bytes randomInsn(std::mt19937_64& random) {
  static constexpr u8 kPrefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x64, 0x26, 0x48, 0x41, 0x4f, 0x40};
  Bytes bytes;
  for (u8& b : bytes) b = static_cast<u8>(random());
  size_t at = 0;
  const u64 prefixes = random() % 4 % 3;
  for (u64 i = 0; i < prefixes; ++i) bytes[at++] = kPrefixes[random() % std::size(kPrefixes)];
  const u64 map = random() % 6;
  if (map >= 1 && map <= 3) bytes[at++] = 0x0f;
  if (map == 3) bytes[at++] = (random() & 1) ? 0x38 : 0x3a;
  if (map == 4) bytes[at] = 0xc5;
  if (map == 5) {
    bytes[at] = 0xc4;
    bytes[at + 1] = static_cast<u8>((bytes[at + 1] & 0xe0) | (1 + random() % 3));
    if (random() & 1) bytes[at + 2] |= 0x78;
  }
  return bytes;
}

std::string describe(const Disagreement& d) {
  std::string hex;
  for (const u8 b : d.bytes) hex += fmt::format("{:02x} ", b);
  return fmt::format("{}mode {}: ours {} length {} {}; Capstone {} {} length {}", hex,
                     static_cast<int>(d.mode), static_cast<int>(d.status), d.insn.length,
                     d.insn.row ? d.insn.row->encoding : "-", d.capstone ? d.capstone->mnemonic : "refuses",
                     d.capstone ? d.capstone->op_str : "", d.capstone ? d.capstone->size : 0);
}

TEST(CapstoneWitness, SameLengthAndValidity) {
  Capstone capstones[] = {Capstone(CS_MODE_16), Capstone(CS_MODE_32), Capstone(CS_MODE_64)};
  std::mt19937_64 random(kSeed);
  std::map<std::string, unsigned> exceptions;
  unsigned bothValid = 0, bothInvalid = 0, failures = 0;
  for (unsigned i = 0; i < kRounds && failures < 20; ++i) {
    const Bytes bytes = randomInsn(random);
    const CodeMode mode = static_cast<CodeMode>(i % 3);
    Insn insn;
    const DecodeStatus status = decode(bytes, mode, true, FeatureSet::all(), insn);
    const cs_insn* capstone = capstones[i % 3].decode(bytes);
    if (status == DecodeStatus::NeedMore || status == DecodeStatus::TooLong) continue;
    const bool valid = status == DecodeStatus::Ok;
    if (valid == (capstone != nullptr) && (!valid || capstone->size == insn.length)) {
      ++(valid ? bothValid : bothInvalid);
      continue;
    }
    const Disagreement d{bytes, mode, status, insn, capstone};
    if (const char* why = knownException(d))
      ++exceptions[why];
    else
      ADD_FAILURE() << describe(d), ++failures;
  }
  EXPECT_GT(bothValid, kRounds / 2);
  EXPECT_GT(bothInvalid, kRounds / 50);
  unsigned excepted = 0;
  for (const auto& [why, count] : exceptions) excepted += count;
  EXPECT_LT(excepted, kRounds / 10);
  RecordProperty("both_valid", static_cast<int>(bothValid));
  RecordProperty("both_invalid", static_cast<int>(bothInvalid));
  for (const auto& [why, count] : exceptions) fmt::print("{:6} {}\n", count, why);
  fmt::print("{:6} agree valid, {} agree invalid\n", bothValid, bothInvalid);
}

}  // namespace
}  // namespace duet::tcg::isa
