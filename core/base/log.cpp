#include "core/base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <mutex>

#include "core/base/suggest.h"

namespace duet {
namespace {

struct ChannelInfo {
  const char* name;
  const char* help;
};

constexpr ChannelInfo kChannels[] = {
#define DUET_LOG_INFO(id, name, help) {name, help},
    DUET_LOG_CHANNELS(DUET_LOG_INFO)
#undef DUET_LOG_INFO
};
constexpr size_t kChannelCount = std::size(kChannels);
constexpr u32 kAlwaysOn =
    1u << static_cast<unsigned>(LogChannel::Error) | 1u << static_cast<unsigned>(LogChannel::Warn);

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance = [] {
    auto l = std::make_shared<spdlog::logger>("duet", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    l->set_pattern("%v");
    l->flush_on(spdlog::level::trace);
    return l;
  }();
  return instance;
}

// One token bucket a channel: kBurst lines a second, then silence with a count.
struct Limiter {
  std::mutex mutex;
  std::chrono::steady_clock::time_point windowStart{};
  unsigned inWindow = 0;
  u64 suppressed = 0;
};
std::array<Limiter, kChannelCount> limiters;
constexpr unsigned kBurst = 10;

std::vector<std::string_view> splitCommas(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    if (end > start) words.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

}  // namespace

namespace log_detail {

std::atomic<u32> enabledMask{kAlwaysOn};

void emit(LogChannel channel, std::string_view text) {
  switch (channel) {
    case LogChannel::Error:
      logger()->log(spdlog::level::err, "duet: {}", text);
      break;
    case LogChannel::Warn:
      logger()->log(spdlog::level::warn, "duet: warning: {}", text);
      break;
    default:
      logger()->log(spdlog::level::info, "{}: {}", kChannels[static_cast<size_t>(channel)].name, text);
  }
}

bool allow(LogChannel channel) {
  Limiter& limiter = limiters[static_cast<size_t>(channel)];
  u64 suppressed = 0;
  {
    std::lock_guard lock(limiter.mutex);
    const auto now = std::chrono::steady_clock::now();
    if (now - limiter.windowStart >= std::chrono::seconds(1)) {
      limiter.windowStart = now;
      limiter.inWindow = 0;
      suppressed = std::exchange(limiter.suppressed, 0);
    }
    if (limiter.inWindow++ >= kBurst) {
      ++limiter.suppressed;
      return false;
    }
  }
  if (suppressed) emit(channel, fmt::format("{} more lines like these suppressed", suppressed));
  return true;
}

}  // namespace log_detail

Result<> configureLog(std::string_view channels, const std::string& file) {
  u32 mask = kAlwaysOn;
  for (std::string_view word : splitCommas(channels)) {
    size_t i = 0;
    while (i < kChannelCount && word != kChannels[i].name) ++i;
    if (i == kChannelCount) {
      std::vector<std::string_view> names;
      for (const auto& c : kChannels) names.push_back(c.name);
      return fail("-d: unknown log item '{}'{}; '-d help' lists them", word, didYouMean(word, names));
    }
    mask |= 1u << i;
  }
  if (!file.empty()) {
    // Tried here first: the sink would make missing folders, and reports failure by an exception.
    std::FILE* probe = std::fopen(file.c_str(), "w");
    if (!probe) return fail("-D {}: cannot write the log file: {}", file, errnoText(errno));
    std::fclose(probe);
    auto l = std::make_shared<spdlog::logger>(
        "duet", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file, true));
    l->set_pattern("%v");
    l->flush_on(spdlog::level::warn);
    logger() = std::move(l);
  }
  log_detail::enabledMask.store(mask, std::memory_order_relaxed);
  return {};
}

std::string logChannelHelp() {
  std::string text = "Log items for -d (comma separated):\n";
  for (const auto& c : kChannels) text += fmt::format("  {:<14} {}\n", c.name, c.help);
  return text;
}

}  // namespace duet
