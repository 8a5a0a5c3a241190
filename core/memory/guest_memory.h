// Guest-physical memory as a device or loader sees it (DMA). Goes through the address map; RAM writes
// are marked dirty and make the CPU engines drop stale translations of code.
#pragma once

#include <concepts>
#include <cstring>
#include <span>
#include <type_traits>

#include "core/base/types.h"

namespace duet {

// Threads: any. Guest addresses are guest data: an access that reaches a hole or an I/O range reads
// all ones / is dropped there, and the call returns false.
class GuestMemory {
 public:
  virtual ~GuestMemory() = default;
  virtual bool read(Gpa address, std::span<u8> out) = 0;
  virtual bool write(Gpa address, std::span<const u8> data) = 0;
  // A direct pointer to [address, address+length) when it is one piece of RAM (writable if asked), else
  // nullptr. After writing through it, call wrote(). Valid for the machine's life.
  virtual u8* hostPointer(Gpa address, u64 length, bool writable) = 0;
  virtual void wrote(Gpa address, u64 length) = 0;

  template <class T>
    requires std::is_trivially_copyable_v<T>
  bool load(Gpa address, T& out) {
    return read(address, std::span(reinterpret_cast<u8*>(&out), sizeof(T)));
  }
  template <class T>
    requires std::is_trivially_copyable_v<T>
  bool store(Gpa address, const T& value) {
    return write(address, std::span(reinterpret_cast<const u8*>(&value), sizeof(T)));
  }
};

}  // namespace duet
