// Any bytes as recorded vectors: refused in one line, or vectors that can all be read, and written again the same.
#include "tests/fuzz/check.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/vectors/vector_file.h"

namespace {

using namespace duet;
using namespace duet::diff;

void checkLine(const Error& error) {
  FUZZ_CHECK(!error.message.empty() && error.message.find('\n') == std::string::npos);
}

// Fuzzers cannot guess a checksum, so the content is fed apart from the container.
void checkContent(std::span<const u8> bytes) {
  const auto file = VectorFile::parseContent({bytes.begin(), bytes.end()});
  if (!file) return checkLine(file.error());
  std::vector<RecordedVector> vectors;
  for (size_t i = 0; i < file->size(); ++i) vectors.push_back(file->at(i));
  if (vectors.empty()) return;
  const auto again = VectorFile::parseContent(
      vectorContent(file->witness(), {userState(World::User64), userState(World::User32)}, vectors));
  FUZZ_CHECK(again && again->size() == vectors.size() && again->witness() == file->witness());
  for (size_t i = 0; i < vectors.size(); ++i) {
    FUZZ_CHECK(again->at(i).c.start == vectors[i].c.start);
    FUZZ_CHECK(again->at(i).c.pieces == vectors[i].c.pieces);
    FUZZ_CHECK(again->at(i).outcome.writes == vectors[i].outcome.writes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  const std::span<const u8> bytes(data, size);
  if (const auto file = VectorFile::parse(bytes); !file) checkLine(file.error());
  checkContent(bytes);
  return 0;
}
