// Any bytes as a snapshot file: refused with a message, or read and written back the same.
#include <algorithm>
#include <vector>

#include "core/state/snapshot.h"
#include "core/state/state_codec.h"
#include "tests/fuzz/check.h"

namespace {

using namespace duet;

// One member of each kind the codec knows.
struct Inner {
  u16 word = 0;
  bool flag = false;
  static constexpr auto fields() {
    return duet::fields(field("word", &Inner::word), field("flag", &Inner::flag));
  }
};

struct Sample {
  std::array<u32, 3> registers{};
  std::array<Inner, 2> inners{};
  std::vector<u8> bytes;
  std::vector<Inner> list;
  static constexpr auto fields() {
    return duet::fields(field("registers", &Sample::registers), field("inners", &Sample::inners),
                        boundedField("bytes", &Sample::bytes, 64), boundedField("list", &Sample::list, 8));
  }
};

void checkContainer(std::span<const u8> bytes) {
  const Result<Snapshot> snapshot = Snapshot::decode(bytes);
  if (!snapshot) {
    FUZZ_CHECK(!snapshot.error().message.empty());
    return;
  }
  const std::vector<u8> written = snapshot->encode();
  FUZZ_CHECK(std::ranges::equal(written, bytes));
}

// Fuzzers cannot guess a checksum, so the inside is fed apart from the container.
void checkState(std::span<const u8> bytes) {
  const Result<Sample> state = decodeState<Sample>(bytes);
  if (!state) return;
  FUZZ_CHECK(state->bytes.size() <= 64 && state->list.size() <= 8);
  FUZZ_CHECK(std::ranges::equal(encodeState(*state), bytes));
}

// And a container that is right but for one byte must be refused.
void checkDamage(std::span<const u8> bytes) {
  if (bytes.size() < 3) return;
  Snapshot snapshot;
  FUZZ_CHECK(snapshot.add({"device", 1, std::vector<u8>(bytes.begin() + 2, bytes.end())}).has_value());
  std::vector<u8> file = snapshot.encode();
  FUZZ_CHECK(Snapshot::decode(file).has_value());
  const u8 flip = bytes[1] ? bytes[1] : 1;
  file[(bytes[0] * 257u) % file.size()] ^= flip;
  const Result<Snapshot> damaged = Snapshot::decode(file);
  // A name or a version is not under the checksum; data is.
  if (damaged && damaged->find("device"))
    FUZZ_CHECK(std::ranges::equal(damaged->find("device")->data, bytes.subspan(2)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  const std::span<const u8> bytes(data, size);
  checkContainer(bytes);
  checkState(bytes);
  checkDamage(bytes);
  return 0;
}
