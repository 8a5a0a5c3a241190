// Log channels, as `-d` names them. Each is off by default except `error` and `warn`.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet {

// X(Enumerator, "name", "help")
#define DUET_LOG_CHANNELS(X)                                             \
  X(Error, "error", "host and user errors (always on)")                  \
  X(Warn, "warn", "things worth knowing (always on)")                    \
  X(GuestErrors, "guest_errors", "invalid operations of the guest")      \
  X(Unimplemented, "unimp", "guest use of something this machine lacks") \
  X(Int, "int", "interrupts and exceptions delivered")                   \
  X(InAsm, "in_asm", "guest code of each block when it is decoded")      \
  X(OutAsm, "out_asm", "host code of each block when it is compiled")    \
  X(Jit, "jit", "a line for each block compiled, and for code dropped")  \
  X(Exec, "exec", "every block before it is executed")                   \
  X(Cpu, "cpu", "CPU state before every block")                          \
  X(Mmu, "mmu", "TLB fills and flushes")                                 \
  X(Reset, "cpu_reset", "CPU state at reset")                            \
  X(Io, "ioport", "port and MMIO accesses")                              \
  X(Device, "device", "device models")                                   \
  X(Machine, "machine", "start, stop, reset of the machine")

enum class LogChannel : u8 {
#define DUET_LOG_ENUM(id, ...) id,
  DUET_LOG_CHANNELS(DUET_LOG_ENUM)
#undef DUET_LOG_ENUM
      Count
};

namespace log_detail {
extern std::atomic<u32> enabledMask;
void emit(LogChannel channel, std::string_view text);
// For guest-triggered lines: at most 10 a second a channel, then one "suppressed" line.
bool allow(LogChannel channel);
}  // namespace log_detail

inline bool logEnabled(LogChannel c) {
  return log_detail::enabledMask.load(std::memory_order_relaxed) & (1u << static_cast<unsigned>(c));
}

template <class... Args>
void log(LogChannel c, fmt::format_string<Args...> format, Args&&... args) {
  if (logEnabled(c)) log_detail::emit(c, fmt::format(format, std::forward<Args>(args)...));
}

// For anything a guest can trigger at will (rate-limited).
template <class... Args>
void guestLog(LogChannel c, fmt::format_string<Args...> format, Args&&... args) {
  if (logEnabled(c) && log_detail::allow(c))
    log_detail::emit(c, fmt::format(format, std::forward<Args>(args)...));
}

// `-d a,b,c` and `-D file` (empty: stderr). Unknown names are an error that lists the known ones.
Result<> configureLog(std::string_view channels, const std::string& file);
std::string logChannelHelp();

}  // namespace duet
