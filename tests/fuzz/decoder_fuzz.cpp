// Any bytes in any mode: the decoder answers, reads no further than it says, and answers the same for
// exactly the bytes it used.
#include <algorithm>
#include <span>

#include "cpu-tcg/isa/decoder.h"
#include "tests/fuzz/check.h"

namespace {

using namespace duet;
using namespace duet::tcg::isa;

constexpr size_t kLongest = 15;  // SDM vol. 2, 2.3.11

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  if (size < 2) return 0;
  const CodeMode mode = static_cast<CodeMode>((data[0] & 3) % 3);
  const bool isProtected = mode == CodeMode::Bits64 || (data[0] & 4);
  const FeatureSet features = data[0] & 8 ? FeatureSet() : FeatureSet::all();
  const std::span<const u8> bytes(data + 1, size - 1);

  Insn insn;
  const DecodeStatus status = decode(bytes, mode, isProtected, features, insn);
  if (status == DecodeStatus::NeedMore) FUZZ_CHECK(bytes.size() < kLongest);
  if (status != DecodeStatus::Ok) return 0;

  FUZZ_CHECK(insn.row != nullptr);
  FUZZ_CHECK(insn.length >= 1 && insn.length <= std::min(bytes.size(), kLongest));
  Insn again;
  FUZZ_CHECK(decode(bytes.first(insn.length), mode, isProtected, features, again) == DecodeStatus::Ok);
  FUZZ_CHECK(again.row == insn.row && again.length == insn.length && again.imm == insn.imm);
  FUZZ_CHECK(decode(bytes.first(insn.length - 1u), mode, isProtected, features, again) ==
             DecodeStatus::NeedMore);
  return 0;
}
