// Ctrl-A keys between a terminal and a serial port.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/backend/char_backend.h"

namespace duet::hw {

struct EscapeKey {
  std::string help;
  std::function<void()> action;  // on the reading thread
};

// Ctrl-A followed by a key runs its action; Ctrl-A twice sends one Ctrl-A; Ctrl-A h lists the keys; other keys
// are swallowed with the list. Everything else passes both ways unchanged.
class EscapeFilter : public CharBackend {
 public:
  EscapeFilter(std::unique_ptr<CharBackend> terminal, std::map<char, EscapeKey> keys);
  void write(std::span<const u8> data) override { terminal_->write(data); }
  void setReceiver(Receiver receiver) override;
  void resumeInput() override { terminal_->resumeInput(); }
  void start() override { terminal_->start(); }
  void flush() override { terminal_->flush(); }

 private:
  size_t filter(std::span<const u8> data);
  void handleKey(char key);
  void showHelp();

  std::unique_ptr<CharBackend> terminal_;
  std::map<char, EscapeKey> keys_;
  Receiver receiver_;
  bool escaped_ = false;  // reading thread only
};

}  // namespace duet::hw
