#include "hw/host/escape_filter.h"

#include <fmt/format.h>

namespace duet::hw {
namespace {
constexpr u8 kCtrlA = 0x01;
}

EscapeFilter::EscapeFilter(std::unique_ptr<CharBackend> terminal, std::map<char, EscapeKey> keys)
    : terminal_(std::move(terminal)), keys_(std::move(keys)) {}

void EscapeFilter::setReceiver(Receiver receiver) {
  terminal_->setReceiver({});  // waits for a call in progress
  receiver_ = std::move(receiver);
  terminal_->setReceiver([this](std::span<const u8> data) { return filter(data); });
}

// Byte by byte: terminals are slow, and a refused byte must be offered again in the same state.
size_t EscapeFilter::filter(std::span<const u8> data) {
  for (size_t i = 0; i < data.size(); ++i) {
    const u8 byte = data[i];
    if (!escaped_ && byte == kCtrlA) {
      escaped_ = true;
      continue;
    }
    if (escaped_ && byte != kCtrlA) {
      escaped_ = false;
      handleKey(static_cast<char>(byte));
      continue;
    }
    if (receiver_ && receiver_(std::span(&byte, 1)) == 0) return i;
    escaped_ = false;
  }
  return data.size();
}

void EscapeFilter::handleKey(char key) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return showHelp();
  found->second.action();
}

void EscapeFilter::showHelp() {
  std::string text = "\r\n";
  text += "Ctrl-A h    this help\r\n";
  for (const auto& [key, entry] : keys_) text += fmt::format("Ctrl-A {}    {}\r\n", key, entry.help);
  text += "Ctrl-A Ctrl-A    send Ctrl-A to the guest\r\n";
  terminal_->write(std::span(reinterpret_cast<const u8*>(text.data()), text.size()));
}

}  // namespace duet::hw
