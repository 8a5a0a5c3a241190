#include "tools/diff/vectors/vector_file.h"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "core/base/assert.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/vectors/vector_codec.h"

namespace duet::diff {
namespace {

constexpr char kMagic[] = "DUETVECS";
constexpr size_t kMagicSize = 8, kHeadSize = kMagicSize + 4 + 8 + 8;
constexpr u64 kMostContent = u64{256} << 20, kMostFile = u64{64} << 20;
constexpr u64 kMostText = 512, kMostMemories = 16, kMostFields = 1000, kMostInstructions = 1000;
constexpr u64 kMostSteps = 1'000'000;
constexpr World kWorlds[] = {World::User64, World::User32};

struct FeatureName {
  Feature feature;
  std::string_view name;
};
constexpr FeatureName kFeatureNames[] = {
#define X(enumerator, name, ...) {Feature::enumerator, name},
    DUET_FEATURES(X)
#undef X
};

template <class T>
T little(std::span<const u8> bytes, size_t at) {
  T v;
  std::memcpy(&v, bytes.data() + at, sizeof v);
  return v;
}

void writeWitness(ByteWriter& out, const VectorWitness& w) {
  out.text(w.processor);
  out.byte(static_cast<u8>(w.vendor));
  out.number(w.signature);
  u64 count = 0;
  for (const FeatureName& f : kFeatureNames) count += w.features.has(f.feature);
  out.number(count);
  for (const FeatureName& f : kFeatureNames)
    if (w.features.has(f.feature)) out.text(f.name);
}

bool readWitness(ByteReader& in, VectorWitness& w) {
  w.processor = in.text(kMostText);
  const u8 vendor = in.byte();
  if (vendor > static_cast<u8>(CpuVendor::Amd)) in.refuse();
  w.vendor = static_cast<CpuVendor>(vendor);
  w.signature = static_cast<u32>(in.number());
  for (u64 n = in.count(std::size(kFeatureNames)); n && in.ok(); --n) {
    const auto at = std::ranges::find(kFeatureNames, in.text(kMostText), &FeatureName::name);
    if (at == std::end(kFeatureNames)) return false;
    w.features.add(at->feature);
  }
  return in.ok();
}

u8 outcomeByte(const Outcome& o) {
  return static_cast<u8>(o.exception.vector | (o.exception.hasErrorCode ? 0x80 : 0));
}

void writeVector(ByteWriter& out, const RecordedVector& v, u64 memory, const CpuState& background) {
  DUET_ASSERT(v.c.world != World::System && v.outcome.ending == Ending::Exception);
  const CpuState& start = v.c.start;
  out.byte(static_cast<u8>(static_cast<u8>(v.c.world) | memory << 1));
  out.number(v.instructions);
  out.number(v.c.steps);
  writeState(out, background, start);
  writePieces(out, v.c.pieces, start.rip);
  out.byte(outcomeByte(v.outcome));
  if (v.outcome.exception.hasErrorCode) out.number(v.outcome.exception.errorCode);
  writeState(out, start, visibleState(v.c.world, start, v.outcome.after));
  writePieces(out, v.outcome.writes, v.c.memory->pages.front().address);
}

}  // namespace

std::vector<u8> vectorContent(const VectorWitness& witness, const std::array<CpuState, 2>& backgrounds,
                              std::span<const RecordedVector> vectors) {
  ByteWriter out;
  writeWitness(out, witness);
  out.number(stateFields().size());
  for (const StateField& f : stateFields()) out.text(f.name);
  std::vector<const Memory*> memories;
  std::map<const Memory*, u64> numberOf;
  for (const RecordedVector& v : vectors) {
    const Memory* m = v.c.memory.get();
    if (numberOf.contains(m)) continue;
    const auto equal = std::ranges::find_if(memories, [&](const Memory* other) { return *other == *m; });
    numberOf[m] = static_cast<u64>(equal - memories.begin());
    if (equal == memories.end()) memories.push_back(m);
  }
  DUET_ASSERT(memories.size() <= kMostMemories && vectors.size() <= kMostVectors);
  out.number(memories.size());
  for (const Memory* m : memories) writeMemory(out, *m);
  for (const World world : kWorlds)
    writeState(out, userState(world), backgrounds[static_cast<size_t>(world)]);
  out.number(vectors.size());
  for (const RecordedVector& v : vectors)
    writeVector(out, v, numberOf[v.c.memory.get()], backgrounds[static_cast<size_t>(v.c.world)]);
  return out.all();
}

std::vector<u8> vectorFile(std::span<const u8> content) {
  const u64 size = content.size(), sum = XXH64(content.data(), content.size(), 0);
  std::vector<u8> out(kHeadSize + ZSTD_compressBound(content.size()));
  std::memcpy(out.data(), kMagic, kMagicSize);
  std::memcpy(&out[kMagicSize], &kVectorVersion, 4);
  std::memcpy(&out[kMagicSize + 4], &size, 8);
  std::memcpy(&out[kMagicSize + 12], &sum, 8);
  ZSTD_CCtx* context = ZSTD_createCCtx();
  DUET_ASSERT(context != nullptr);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, ZSTD_maxCLevel());
  const size_t got =
      ZSTD_compress2(context, &out[kHeadSize], out.size() - kHeadSize, content.data(), content.size());
  ZSTD_freeCCtx(context);
  DUET_ASSERT(!ZSTD_isError(got));
  out.resize(kHeadSize + got);
  return out;
}

Result<VectorFile> VectorFile::parse(std::span<const u8> file) {
  if (file.size() < kHeadSize || std::memcmp(file.data(), kMagic, kMagicSize) != 0)
    return fail("this is no file of recorded vectors");
  if (const u32 version = little<u32>(file, kMagicSize); version != kVectorVersion)
    return fail("recorded vectors of version {}: this program reads version {}; record them again", version,
                kVectorVersion);
  const u64 size = little<u64>(file, kMagicSize + 4), sum = little<u64>(file, kMagicSize + 12);
  if (size > kMostContent) return fail("recorded vectors of {} bytes: damaged, or too many", size);
  std::vector<u8> content(size);
  const auto frame = file.subspan(kHeadSize);
  const size_t got = ZSTD_decompress(content.data(), content.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size || XXH64(content.data(), content.size(), 0) != sum)
    return fail("the recorded vectors are damaged or cut short");
  return parseContent(std::move(content));
}

Result<VectorFile> VectorFile::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail("{}: {}", path, errnoText(errno));
  std::vector<u8> bytes;
  std::array<char, 65536> part;
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    bytes.insert(bytes.end(), part.begin(), part.begin() + in.gcount());
    if (bytes.size() > kMostFile) return fail("{}: longer than {} bytes", path, kMostFile);
  }
  auto file = parse(bytes);
  if (!file) return fail("{}: {}", path, file.error().message);
  return file;
}

Result<VectorFile> VectorFile::parseContent(std::vector<u8> content) {
  VectorFile file;
  file.content_ = std::move(content);
  ByteReader in(file.content_);
  if (!file.readHead(in)) return fail("the head of the recorded vectors makes no sense");
  const u64 count = in.count(kMostVectors);
  for (u64 i = 0; i < count; ++i) {
    file.starts_.push_back(in.at());
    if (!file.readVector(in)) return fail("recorded vector {} makes no sense", i);
  }
  if (!in.ok() || !in.atEnd()) return fail("the end of the recorded vectors makes no sense");
  return file;
}

bool VectorFile::readHead(ByteReader& in) {
  if (!readWitness(in, witness_)) return false;
  for (u64 n = in.count(kMostFields); n && in.ok(); --n) {
    fields_.push_back(findStateField(in.text(kMostText)));
    if (!fields_.back()) return false;
  }
  for (u64 n = in.count(kMostMemories); n && in.ok(); --n) {
    memories_.push_back(diff::readMemory(in));
    if (memories_.back()->pages.empty()) return false;
  }
  for (const World world : kWorlds) {
    CpuState& background = backgrounds_[static_cast<size_t>(world)];
    background = userState(world);
    readState(in, fields_, background);
  }
  return in.ok();
}

std::optional<RecordedVector> VectorFile::readVector(ByteReader& in) const {
  RecordedVector v;
  const u8 first = in.byte();
  v.c.world = kWorlds[first & 1];
  if (first >> 1 >= memories_.size()) return std::nullopt;
  v.c.memory = memories_[first >> 1];
  v.instructions = static_cast<unsigned>(in.count(kMostInstructions));
  v.c.steps = in.count(kMostSteps);
  v.c.start = backgrounds_[first & 1];
  readState(in, fields_, v.c.start);
  v.c.pieces = readPieces(in, *v.c.memory, v.c.start.rip);
  const u8 exception = in.byte();
  v.outcome.ending = Ending::Exception;
  v.outcome.exception = {static_cast<u8>(exception & 0x7f), (exception & 0x80) != 0, 0};
  if (exception & 0x80) v.outcome.exception.errorCode = static_cast<u32>(in.number());
  v.outcome.after = v.c.start;
  readState(in, fields_, v.outcome.after);
  v.outcome.writes = readPieces(in, *v.c.memory, v.c.memory->pages.front().address);
  if (!in.ok() || v.c.steps == 0) return std::nullopt;
  return v;
}

RecordedVector VectorFile::at(size_t index) const {
  ByteReader in(content_, starts_[index]);
  auto v = readVector(in);
  DUET_ASSERT(v.has_value());
  return std::move(*v);
}

}  // namespace duet::diff
