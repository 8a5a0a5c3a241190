// A character backend a test types into and reads from.
#pragma once

#include <string>
#include <string_view>

#include "core/backend/char_backend.h"

namespace duet::hw {

struct FakeChar : CharBackend {
  std::string written;
  std::string waiting;  // typed, not yet taken
  Receiver receiver;

  void type(std::string_view text) {
    waiting += text;
    resumeInput();
  }
  void write(std::span<const u8> data) override { written.append(data.begin(), data.end()); }
  void setReceiver(Receiver r) override { receiver = std::move(r); }
  void resumeInput() override {
    if (!receiver || waiting.empty()) return;
    const size_t taken = receiver(std::span(reinterpret_cast<const u8*>(waiting.data()), waiting.size()));
    waiting.erase(0, taken);
  }
  void start() override {}
  void flush() override {}
};

}  // namespace duet::hw
