// Seconds since 1970-01-01 and proleptic Gregorian dates.
#pragma once

#include "core/base/types.h"

namespace duet::hw {

struct CivilTime {
  i64 year = 1970;
  unsigned month = 1, day = 1;  // from 1
  unsigned hour = 0, minute = 0, second = 0;
  unsigned weekday = 4;  // 0 is Sunday; not read by secondsOf
};

// Fields beyond their range carry over, so any register contents give a time.
constexpr i64 secondsOf(const CivilTime& t) {
  const i64 months = t.year * 12 + static_cast<i64>(t.month) - 1;
  const i64 y = (months >= 0 ? months : months - 11) / 12;
  const i64 month0 = months - y * 12;  // 0..11
  // Years start in March, so that the leap day is the last.
  const i64 shifted = month0 < 2 ? y - 1 : y;
  const i64 era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const i64 yearOfEra = shifted - era * 400;
  const i64 dayOfYear = (153 * ((month0 + 10) % 12) + 2) / 5;
  const i64 days = era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468 +
                   static_cast<i64>(t.day) - 1;
  return days * 86400 + static_cast<i64>(t.hour) * 3600 + static_cast<i64>(t.minute) * 60 +
         static_cast<i64>(t.second);
}

constexpr CivilTime civilOf(i64 seconds) {
  const i64 days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
  const unsigned ofDay = static_cast<unsigned>(seconds - days * 86400);
  const i64 z = days + 719468;
  const i64 era = (z >= 0 ? z : z - 146096) / 146097;
  const i64 dayOfEra = z - era * 146097;
  const i64 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const i64 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const i64 shiftedMonth = (5 * dayOfYear + 2) / 153;
  CivilTime t;
  t.day = static_cast<unsigned>(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
  t.month = static_cast<unsigned>(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9);
  t.year = yearOfEra + era * 400 + (t.month <= 2 ? 1 : 0);
  t.hour = ofDay / 3600;
  t.minute = ofDay / 60 % 60;
  t.second = ofDay % 60;
  t.weekday = static_cast<unsigned>(((days + 4) % 7 + 7) % 7);
  return t;
}

}  // namespace duet::hw
