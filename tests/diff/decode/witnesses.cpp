#include "tests/diff/decode/witnesses.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tools/diff/decode/builtin_list.h"
#include "tools/diff/decode/disassemblers.h"
#include "tools/diff/decode/host_witness.h"

namespace duet::diff::test {

std::vector<KnownDecode> builtinList() {
  auto list = parseKnownDecode(builtinDecodeList(), "decode.txt");
  EXPECT_TRUE(list) << list.error().message;
  return list ? std::move(*list) : std::vector<KnownDecode>{};
}

MakeWitnesses witnesses(std::vector<std::string> names) {
  return [names = std::move(names)]() -> Result<std::vector<std::unique_ptr<DecodeWitness>>> {
    std::vector<std::unique_ptr<DecodeWitness>> list;
    for (const std::string& name : names) {
      auto witness = name == "llvm"       ? makeLlvmWitness()
                     : name == "capstone" ? makeCapstoneWitness()
                     : name == "host"     ? makeHostWitness()
                                          : Result<std::unique_ptr<DecodeWitness>>(makeFormatWitness());
      if (!witness) return tl::unexpected(witness.error());
      list.push_back(std::move(*witness));
    }
    return list;
  };
}

std::string whyNoHost() {
  const auto host = makeHostWitness();
  return host ? "" : host.error().message;
}

DecodeSummary run(const ByteSource& source, const MakeWitnesses& make, DecodeOptions options) {
  options.threads = 2;
  const std::atomic<bool> go{false};
  auto summary = runDecode(source, make, builtinList(), options, go);
  EXPECT_TRUE(summary) << summary.error().message;
  return summary ? std::move(*summary) : DecodeSummary{};
}

std::string told(const DecodeSummary& summary) {
  std::string text;
  unsigned shown = 0;
  for (const auto& [key, f] : summary.findings)
    if (shown++ < 20)
      text += fmt::format("{} x {} bits, {}: {}: duet {}; {} {}\n", f.count, bitsOf(key.mode),
                          key.kinds.text(), hexText(f.bytes), f.ours, key.witness, f.theirs);
  return text;
}

}  // namespace duet::diff::test
