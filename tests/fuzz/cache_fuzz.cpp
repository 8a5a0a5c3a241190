// Any bytes as a file of the region cache: refused, or read and written back the same.
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "cpu-tcg/cache/entry.h"
#include "cpu-tcg/cache/folder.h"
#include "tests/fuzz/check.h"

namespace {

using namespace duet;
using tcg::cache::Entry;

void checkBytes(std::span<const u8> bytes) {
  const std::optional<Entry> entry = tcg::cache::decode(bytes);
  if (!entry) return;
  FUZZ_CHECK(std::ranges::equal(tcg::cache::encode(*entry), bytes));
  FUZZ_CHECK(entry->code.bytes.size() <= bytes.size());
}

// Fuzzers cannot guess what the file begins with, so it is put right.
void checkContents(std::span<const u8> bytes) {
  std::vector<u8> file = tcg::cache::encode({});
  if (bytes.size() < file.size() - 16) return;
  file.resize(16);
  file.insert(file.end(), bytes.begin(), bytes.end());
  const u64 sum = XXH3_64bits(file.data() + 16, file.size() - 16);
  std::memcpy(file.data() + 8, &sum, sizeof sum);
  checkBytes(file);
}

void checkName(std::span<const u8> bytes) {
  const std::string name(bytes.begin(), bytes.end());
  u64 head = 0, high = 0, low = 0;
  if (tcg::cache::parseEntryName(name, head, high, low))
    FUZZ_CHECK(tcg::cache::entryName(head, high, low) == name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  const std::span<const u8> bytes(data, size);
  checkBytes(bytes);
  checkContents(bytes);
  checkName(bytes);
  return 0;
}
