// Answers that many packets share. The numbers are Linux's errno values.
#pragma once

namespace duet::ui::gdb {

inline constexpr const char* kOk = "OK";
inline constexpr const char* kUnknown = "";        // gdb then does without
inline constexpr const char* kBad = "E16";         // EINVAL
inline constexpr const char* kUnreadable = "E0e";  // EFAULT
inline constexpr const char* kBusy = "E10";        // EBUSY: the machine runs
inline constexpr const char* kTooBig = "E07";      // E2BIG
inline constexpr const char* kFull = "E1c";        // ENOSPC

}  // namespace duet::ui::gdb
