#include "ui/monitor/gdb/packet.h"

namespace duet::ui::gdb {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr u8 kCtrlC = 3;

// 0..15, or -1.
int digitValue(u8 c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

PacketReader::Event PacketReader::push(u8 byte) {
  // Inside a packet '$' would be escaped: it begins a new one, whatever was lost before.
  if (byte == '$') {
    *this = PacketReader{};
    state_ = State::Payload;
    return Event::None;
  }
  switch (state_) {
    case State::Between:
      return idle(byte);
    case State::Payload:
      payload(byte);
      return Event::None;
    case State::FirstDigit:
      first_ = byte;
      state_ = State::SecondDigit;
      return Event::None;
    case State::SecondDigit:
      return finish(byte);
  }
  return Event::None;
}

PacketReader::Event PacketReader::idle(u8 byte) {
  if (byte == kCtrlC) return Event::Interrupt;
  return byte == '-' ? Event::Resend : Event::None;
}

void PacketReader::payload(u8 byte) {
  if (byte == '#') {
    state_ = State::FirstDigit;
    return;
  }
  sum_ = static_cast<u8>(sum_ + byte);
  if (byte == '}' && !escaped_) {
    escaped_ = true;
    return;
  }
  if (packet_.size() == kMaxPacket) tooLong_ = true;
  if (!tooLong_) packet_ += static_cast<char>(escaped_ ? byte ^ 0x20 : byte);
  escaped_ = false;
}

PacketReader::Event PacketReader::finish(u8 digit) {
  state_ = State::Between;
  if (tooLong_) {
    packet_.clear();
    return Event::TooLong;
  }
  const int high = digitValue(first_), low = digitValue(digit);
  return high >= 0 && low >= 0 && (high << 4 | low) == sum_ ? Event::Packet : Event::BadChecksum;
}

std::string frame(std::string_view payload) {
  u8 sum = 0;
  for (const char c : payload) sum = static_cast<u8>(sum + static_cast<u8>(c));
  std::string out;
  out.reserve(payload.size() + 4);
  out += '$';
  out += payload;
  out += '#';
  out += kDigits[sum >> 4];
  out += kDigits[sum & 15];
  return out;
}

std::string escape(std::string_view data) {
  std::string out;
  out.reserve(data.size());
  for (const char c : data) {
    if (c == '#' || c == '$' || c == '}' || c == '*') {
      out += '}';
      out += static_cast<char>(c ^ 0x20);
    } else {
      out += c;
    }
  }
  return out;
}

std::string toHex(std::span<const u8> bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const u8 b : bytes) {
    out += kDigits[b >> 4];
    out += kDigits[b & 15];
  }
  return out;
}

std::string toHex(std::string_view text) {
  return toHex(std::span(reinterpret_cast<const u8*>(text.data()), text.size()));
}

std::optional<std::string> fromHex(std::string_view hex) {
  if (hex.size() % 2) return {};
  std::string out;
  out.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digitValue(static_cast<u8>(hex[i])), low = digitValue(static_cast<u8>(hex[i + 1]));
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::optional<u64> takeHex(std::string_view& text) {
  u64 value = 0;
  size_t n = 0;
  for (; n < text.size() && n < 16; ++n) {
    const int digit = digitValue(static_cast<u8>(text[n]));
    if (digit < 0) break;
    value = value << 4 | static_cast<u64>(digit);
  }
  if (n == 0) return {};
  text.remove_prefix(n);
  return value;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

}  // namespace duet::ui::gdb
