// The framing of the remote serial protocol: $payload#checksum, acknowledgements, Ctrl-C.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/types.h"

namespace duet::ui::gdb {

inline constexpr size_t kMaxPacket = 64_KiB;  // longest payload, either way

// Takes bytes one by one. Any bytes may come.
class PacketReader {
 public:
  enum class Event : u8 {
    None,
    Packet,       // packet() is one, its escapes undone
    BadChecksum,  // packet() is what came
    TooLong,      // the end of a packet over kMaxPacket; nothing of it is kept
    Interrupt,    // Ctrl-C
    Resend,       // the peer got the last packet damaged
  };
  Event push(u8 byte);
  const std::string& packet() const { return packet_; }

 private:
  enum class State : u8 { Between, Payload, FirstDigit, SecondDigit };
  Event idle(u8 byte);
  void payload(u8 byte);
  Event finish(u8 digit);

  State state_ = State::Between;
  std::string packet_;
  bool escaped_ = false, tooLong_ = false;
  u8 sum_ = 0, first_ = 0;
};

// `payload` must hold no bytes that need escapes (see escape()).
std::string frame(std::string_view payload);
// Binary data with #, $, } and * escaped.
std::string escape(std::string_view data);

std::string toHex(std::span<const u8> bytes);
std::string toHex(std::string_view text);
// All of `hex`, or nothing when it is no even number of hexadecimal digits.
std::optional<std::string> fromHex(std::string_view hex);

// Eats a hexadecimal number (1 to 16 digits) from the front.
std::optional<u64> takeHex(std::string_view& text);
// Eats `word` from the front if it is there.
bool take(std::string_view& text, std::string_view word);

}  // namespace duet::ui::gdb
