// The host side of a serial port, debug console or monitor: a two-way stream of bytes.
#pragma once

#include <functional>
#include <span>

#include "core/base/types.h"

namespace duet {

// Threads: write from any thread, never blocks for long (a full peer drops or buffers a bounded
// amount). The receiver is called on the host's I/O thread; it may refuse input by returning how many bytes it took, and
// calls resumeInput() when it has room again.
class CharBackend {
 public:
  using Receiver = std::function<size_t(std::span<const u8>)>;
  virtual ~CharBackend() = default;
  virtual void write(std::span<const u8> data) = 0;
  virtual void setReceiver(Receiver receiver) = 0;  // before start(); replaced by {} to detach
  virtual void resumeInput() = 0;
  virtual void start() = 0;  // begins reading the host side
  virtual void flush() = 0;  // waits (bounded) until written data is out; at exit
};

}  // namespace duet
