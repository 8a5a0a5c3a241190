#include "hw/timer/rtc_base.h"

#include <ctime>

#include <charconv>

#include "hw/timer/calendar.h"

namespace duet::hw {

namespace {

// Takes exactly `digits` decimal digits off the front.
bool takeNumber(std::string_view& text, size_t digits, unsigned& out) {
  if (text.size() < digits) return false;
  for (char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, out);
  text.remove_prefix(digits);
  return true;
}
bool takeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool parseDate(std::string_view text, CivilTime& t) {
  unsigned year = 0;
  if (!takeNumber(text, 4, year) || !takeChar(text, '-') || !takeNumber(text, 2, t.month) ||
      !takeChar(text, '-') || !takeNumber(text, 2, t.day)) {
    return false;
  }
  t.year = year;
  if (!text.empty()) {
    if (!takeChar(text, 'T') || !takeNumber(text, 2, t.hour) || !takeChar(text, ':') ||
        !takeNumber(text, 2, t.minute) || !takeChar(text, ':') || !takeNumber(text, 2, t.second) ||
        !text.empty()) {
      return false;
    }
  }
  const CivilTime back = civilOf(secondsOf(t));
  return back.year == t.year && back.month == t.month && back.day == t.day && back.hour == t.hour &&
         back.minute == t.minute && back.second == t.second;
}

}  // namespace

Result<i64> rtcBaseSeconds(std::string_view base) {
  const std::time_t now = std::time(nullptr);
  if (base == "utc") return static_cast<i64>(now);
  if (base == "localtime") {
    std::tm local{};
    localtime_r(&now, &local);
    return static_cast<i64>(now) + local.tm_gmtoff;
  }
  CivilTime t;
  if (!parseDate(base, t)) {
    return fail("-rtc base={}: expected utc, localtime or a date such as 2026-01-31T12:00:00", base);
  }
  return secondsOf(t);
}

}  // namespace duet::hw
