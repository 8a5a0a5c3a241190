#include "core/state/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstring>

namespace duet {
namespace {

constexpr char kMagic[8] = {'D', 'U', 'E', 'T', 'S', 'N', 'A', 'P'};
constexpr u32 kFormatVersion = 1;
constexpr u32 kMaxSections = 4096;
constexpr u32 kMaxName = 64;

class Writer {
 public:
  template <class T>
  void number(T value) {
    raw(&value, sizeof value);
  }
  void raw(const void* data, size_t size) {
    const auto* p = static_cast<const u8*>(data);
    bytes_.insert(bytes_.end(), p, p + size);
  }
  std::vector<u8> take() { return std::move(bytes_); }

 private:
  std::vector<u8> bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const u8> bytes) : bytes_(bytes) {}
  template <class T>
  bool number(T& out) {
    if (bytes_.size() < sizeof out) return false;
    std::memcpy(&out, bytes_.data(), sizeof out);
    bytes_ = bytes_.subspan(sizeof out);
    return true;
  }
  bool raw(u64 size, std::span<const u8>& out) {
    if (bytes_.size() < size) return false;
    out = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return true;
  }
  bool atEnd() const { return bytes_.empty(); }

 private:
  std::span<const u8> bytes_;
};

Result<SnapshotSection> readSection(Reader& in, u32 index) {
  u32 nameLength = 0;
  std::span<const u8> name, data;
  SnapshotSection section;
  u64 length = 0, hash = 0;
  if (!in.number(nameLength) || nameLength == 0 || nameLength > kMaxName || !in.raw(nameLength, name) ||
      !in.number(section.version) || !in.number(length) || !in.number(hash) || !in.raw(length, data))
    return fail("snapshot: section {} is cut off or has impossible lengths", index);
  section.name.assign(name.begin(), name.end());
  if (XXH64(data.data(), data.size(), 0) != hash)
    return fail("snapshot: section '{}' is damaged (checksum differs)", section.name);
  section.data.assign(data.begin(), data.end());
  return section;
}

// Closes on every path.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

bool writeAll(int fd, std::span<const u8> data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data = data.subspan(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

Result<> Snapshot::add(SnapshotSection section) {
  if (section.name.empty() || section.name.size() > kMaxName)
    return fail("snapshot: section name '{}' must have 1 to {} characters", section.name, kMaxName);
  if (find(section.name)) return fail("snapshot: two sections named '{}'", section.name);
  if (sections_.size() >= kMaxSections) return fail("snapshot: more than {} sections", kMaxSections);
  sections_.push_back(std::move(section));
  return {};
}

const SnapshotSection* Snapshot::find(std::string_view name) const {
  for (const auto& s : sections_)
    if (s.name == name) return &s;
  return nullptr;
}

std::vector<u8> Snapshot::encode() const {
  Writer out;
  out.raw(kMagic, sizeof kMagic);
  out.number(kFormatVersion);
  out.number(static_cast<u32>(sections_.size()));
  for (const auto& s : sections_) {
    out.number(static_cast<u32>(s.name.size()));
    out.raw(s.name.data(), s.name.size());
    out.number(s.version);
    out.number(static_cast<u64>(s.data.size()));
    out.number(static_cast<u64>(XXH64(s.data.data(), s.data.size(), 0)));
    out.raw(s.data.data(), s.data.size());
  }
  return out.take();
}

Result<Snapshot> Snapshot::decode(std::span<const u8> bytes) {
  Reader in(bytes);
  std::span<const u8> magic;
  u32 version = 0, count = 0;
  if (!in.raw(sizeof kMagic, magic) || std::memcmp(magic.data(), kMagic, sizeof kMagic) != 0)
    return fail("snapshot: not a duet snapshot (wrong magic)");
  if (!in.number(version) || version != kFormatVersion)
    return fail("snapshot: format version {} is not known (this build reads {})", version, kFormatVersion);
  if (!in.number(count) || count > kMaxSections) return fail("snapshot: impossible section count {}", count);
  Snapshot result;
  for (u32 i = 0; i < count; ++i) {
    auto section = readSection(in, i);
    if (!section) return tl::unexpected(section.error());
    if (auto added = result.add(std::move(*section)); !added) return tl::unexpected(added.error());
  }
  if (!in.atEnd()) return fail("snapshot: unexpected bytes after the last section");
  return result;
}

Result<> Snapshot::writeFile(const std::string& path) const {
  const std::string aside = path + ".new";
  const std::vector<u8> bytes = encode();
  Descriptor file{::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (file.fd < 0) return fail("{}: cannot create: {}", aside, errnoText(errno));
  if (!writeAll(file.fd, bytes) || ::fsync(file.fd) != 0) {
    const int error = errno;
    ::unlink(aside.c_str());
    return fail("{}: cannot write: {}", aside, errnoText(error));
  }
  if (::rename(aside.c_str(), path.c_str()) != 0)
    return fail("{}: cannot replace: {}", path, errnoText(errno));
  return {};
}

Result<Snapshot> Snapshot::readFile(const std::string& path, u64 maxBytes) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat info{};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) return fail("{}: cannot open: {}", path, errnoText(errno));
  if (!S_ISREG(info.st_mode)) return fail("{}: not a regular file", path);
  if (static_cast<u64>(info.st_size) > maxBytes)
    return fail("{}: {} bytes are more than the {} allowed", path, info.st_size, maxBytes);
  std::vector<u8> bytes(static_cast<size_t>(info.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(file.fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail("{}: cannot read: {}", path, n < 0 ? errnoText(errno) : "file shrank");
    done += static_cast<size_t>(n);
  }
  auto result = decode(bytes);
  if (!result) return fail("{}: {}", path, result.error().message);
  return result;
}

}  // namespace duet
