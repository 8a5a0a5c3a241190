// Guest-physical memory as devices and loaders use it, over the address map and the machine's RAM.
#pragma once

#include "core/bus/address_space.h"
#include "core/memory/guest_memory.h"
#include "mmu/ram/ram.h"

namespace duet::mmu {

// Threads: any. Writes call nobody: dirty bits and code versions in Ram tell the engines. ROM reads like RAM
// and refuses writes; holes and I/O are no memory.
class GuestMemoryView : public GuestMemory {
 public:
  GuestMemoryView(AddressSpace& physical, Ram& ram) : physical_(physical), ram_(ram) {}

  bool read(Gpa address, std::span<u8> out) override;
  bool write(Gpa address, std::span<const u8> data) override;
  u8* hostPointer(Gpa address, u64 length, bool writable) override;
  void wrote(Gpa address, u64 length) override;

 private:
  AddressSpace& physical_;
  Ram& ram_;
};

}  // namespace duet::mmu
