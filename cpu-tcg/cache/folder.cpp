#include "cpu-tcg/cache/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>

namespace duet::tcg::cache {
namespace {

constexpr std::string_view kEnding = ".region", kTemporary = "new-";
constexpr i64 kAbandoned = 600;  // seconds, after which nobody goes on writing a file

Result<> make(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code failed;
  if (!parent.empty()) std::filesystem::create_directories(parent, failed);
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail("cannot make the folder {}: {}", path, errnoText(errno));
}

Result<> check(int fd, const std::string& path) {
  struct stat s{};
  if (fstat(fd, &s) != 0) return fail("{}: {}", path, errnoText(errno));
  if (s.st_uid != geteuid())
    return fail("{} belongs to another user, and what is in it is run as code: name a folder of your own",
                path);
  if (s.st_mode & (S_IWGRP | S_IWOTH))
    return fail("others may write to {}, and what is in it is run as code: chmod go-w {}", path, path);
  return {};
}

struct File {
  std::string name;
  timespec used{};
  u64 size = 0;
};

// Plain files in the folder, with their status.
template <class Fn>
void forEachFile(int folder, Fn fn) {
  const int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(fdopendir(again), closedir);
  if (!list) return void(close(again));
  while (const dirent* e = readdir(list.get())) {
    struct stat s{};
    if (fstatat(folder, e->d_name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(s.st_mode)) fn(e->d_name, s);
  }
}

bool readAll(int fd, std::vector<u8>& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

bool writeAll(int fd, const std::vector<u8>& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

bool parseHex(std::string_view text, u64& out) {
  const auto isDigit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return std::ranges::all_of(text, isDigit) &&
         std::from_chars(text.data(), text.data() + text.size(), out, 16).ec == std::errc();
}

}  // namespace

std::string entryName(u64 head, u64 high, u64 low) {
  return fmt::format("{:016x}-{:016x}{:016x}{}", head, high, low, kEnding);
}

bool parseEntryName(const std::string& name, u64& head, u64& high, u64& low) {
  constexpr size_t kDigits = 16;
  const std::string_view n(name);
  if (n.size() != 3 * kDigits + 1 + kEnding.size() || n[kDigits] != '-' || !n.ends_with(kEnding))
    return false;
  return parseHex(n.substr(0, kDigits), head) && parseHex(n.substr(kDigits + 1, kDigits), high) &&
         parseHex(n.substr(2 * kDigits + 1, kDigits), low);
}

Result<Folder> Folder::open(const std::string& path) {
  if (auto ok = make(path); !ok) return tl::unexpected(ok.error());
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail("cannot open the folder {}: {}", path, errnoText(errno));
  if (auto ok = check(fd.get(), path); !ok) return tl::unexpected(ok.error());
  const time_t now = time(nullptr);
  forEachFile(fd.get(), [&](const char* name, const struct stat& s) {
    if (std::string_view(name).starts_with(kTemporary) && s.st_mtime + kAbandoned < now)
      unlinkat(fd.get(), name, 0);
  });
  return Folder(path, std::move(fd));
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> all;
  u64 head, high, low;
  forEachFile(fd_.get(), [&](const char* name, const struct stat&) {
    if (parseEntryName(name, head, high, low)) all.emplace_back(name);
  });
  return all;
}

std::optional<std::vector<u8>> Folder::read(const std::string& name, size_t most) const {
  const UniqueFd fd(openat(fd_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat s{};
  if (!fd || fstat(fd.get(), &s) != 0 || !S_ISREG(s.st_mode) || s.st_uid != geteuid()) return {};
  if (static_cast<u64>(s.st_size) > most) return {};
  std::vector<u8> bytes(static_cast<size_t>(s.st_size));
  if (!readAll(fd.get(), bytes)) return {};
  futimens(fd.get(), nullptr);
  return bytes;
}

Result<> Folder::write(const std::string& name, const std::vector<u8>& bytes) const {
  static std::atomic<unsigned> count = 0;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);  // process numbers repeat where folders are shared by containers
  const std::string temporary = fmt::format("{}{}-{}-{}", kTemporary, getpid(), ++count, now.tv_nsec);
  const UniqueFd fd(openat(fd_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return fail("cannot write to {}: {}", path_, errnoText(errno));
  if (writeAll(fd.get(), bytes) && renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) == 0)
    return {};
  const int error = errno;
  unlinkat(fd_.get(), temporary.c_str(), 0);
  return fail("cannot write to {}: {}", path_, errnoText(error));
}

u64 Folder::shrink(u64 most) const {
  std::vector<File> files;
  u64 total = 0, head, high, low;
  forEachFile(fd_.get(), [&](const char* name, const struct stat& s) {
    if (!parseEntryName(name, head, high, low)) return;
    files.push_back({name, s.st_mtim, static_cast<u64>(s.st_size)});
    total += files.back().size;
  });
  std::ranges::sort(files, [](const File& x, const File& y) {
    return x.used.tv_sec != y.used.tv_sec ? x.used.tv_sec < y.used.tv_sec : x.used.tv_nsec < y.used.tv_nsec;
  });
  for (const File& f : files) {
    if (total <= most) break;
    unlinkat(fd_.get(), f.name.c_str(), 0);
    total -= f.size;
  }
  return total;
}

}  // namespace duet::tcg::cache
