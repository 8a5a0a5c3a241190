// Coverage on disk: a header, the witnesses, then keys in order as differences from the one before, with their counts.
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "tools/diff/generate/coverage.h"

namespace duet::diff {
namespace {

constexpr std::string_view kMagic = "duet-coverage-1\n";

// Changes whenever a row is added, removed or moved, since keys hold row numbers.
u64 tablesHash() {
  u64 hash = 0xcbf29ce484222325;  // FNV-1a
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<u8>(c)) * 0x100000001b3;
  };
  for (const tcg::isa::Row& row : tcg::isa::allRows()) {
    add(row.encoding);
    add(row.mnemonic);
    add(row.operandText);
  }
  return hash;
}

// Seven bits a byte, the lowest first, the high bit set on all but the last.
void putNumber(std::string& out, u64 v) {
  for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
  out += static_cast<char>(v);
}

void putText(std::string& out, std::string_view text) {
  putNumber(out, text.size());
  out += text;
}

class Reader {
 public:
  explicit Reader(std::string_view data) : rest_(data) {}

  u64 number() {
    u64 v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const u8 byte = static_cast<u8>(rest_[0]);
      rest_.remove_prefix(1);
      v |= u64{byte & 0x7fu} << shift;
      if (byte < 0x80) return v;
    }
    ok_ = false;
    return 0;
  }

  std::string text() {
    const u64 size = number();
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

Result<> Coverage::save(const std::filesystem::path& path) const {
  std::string out(kMagic);
  putNumber(out, tablesHash());
  putNumber(out, witnesses_.size());
  for (const Witness& w : witnesses_) {
    putText(out, w.name);
    putNumber(out, w.hardware);
  }
  std::vector<u64> keys;
  for (const auto& entry : counts_) keys.push_back(entry.first);
  std::ranges::sort(keys);
  u64 before = 0;
  for (const u64 key : keys) {
    putNumber(out, key - before);
    for (size_t w = 0; w < witnesses_.size(); ++w) putNumber(out, counts_.at(key)[w]);
    before = key;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file.write(out.data(), static_cast<std::streamsize>(out.size())).flush())
    return fail("{}: cannot write the coverage: {}", path.string(), errnoText(errno));
  return {};
}

Result<Coverage> Coverage::load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("{}: cannot read the coverage: {}", path.string(), errnoText(errno));
  const std::string data{std::istreambuf_iterator<char>(file), {}};
  Reader reader(data);
  if (!reader.take(kMagic)) return fail("{}: not a coverage file", path.string());
  if (reader.number() != tablesHash())
    return fail("{}: made with other instruction tables; its counts do not fit these", path.string());
  Coverage coverage;
  coverage.witnesses_.clear();
  const u64 witnesses = reader.number();
  if (witnesses < 1 || witnesses > kMostWitnesses) return fail("{}: damaged", path.string());
  for (u64 w = 0; w < witnesses; ++w) {
    std::string name = reader.text();
    coverage.witnesses_.push_back({std::move(name), reader.number() != 0});
  }
  for (u64 key = 0; reader.ok() && !reader.empty();) {
    key += reader.number();
    Counts& counts = coverage.counts_[key];
    for (u64 w = 0; w < witnesses; ++w) counts[w] = reader.number();
  }
  if (!reader.ok()) return fail("{}: damaged", path.string());
  return coverage;
}

}  // namespace duet::diff
