#include "mmu/ram/guest_memory_view.h"

#include <algorithm>
#include <limits>

#include "mmu/ram/guest_copy.h"

namespace duet::mmu {
namespace {

// Bytes from `address` to the end of its mapping (a size of 0: to the end of the space).
u64 remaining(const Mapping& mapping, u64 address) {
  if (mapping.size == 0) return std::numeric_limits<u64>::max();
  return mapping.size - (address - mapping.base);
}

bool isMemory(const Mapping& mapping, bool writable) {
  return mapping.kind == MappingKind::Ram || (mapping.kind == MappingKind::Rom && !writable);
}

// Calls piece(mapping, host or nullptr, done, length) for each part; false when one is no (writable) memory.
template <class F>
bool forEachPiece(const AddressSpace& physical, u64 address, u64 length, bool writable, F&& piece) {
  bool all = true;
  for (u64 done = 0; done < length;) {
    const u64 at = address + done;
    const Mapping mapping = physical.lookup(at);
    const u64 part = std::min(length - done, remaining(mapping, at));
    const bool memory = isMemory(mapping, writable);
    piece(memory ? mapping.host + (at - mapping.base) : nullptr, done, part);
    all &= memory;
    done += part;
  }
  return all;
}

}  // namespace

bool GuestMemoryView::read(Gpa address, std::span<u8> out) {
  return forEachPiece(physical_, address.value, out.size(), false, [&](u8* host, u64 done, u64 length) {
    if (host)
      copyFromGuest(out.data() + done, host, length);
    else
      std::fill_n(out.data() + done, length, u8{0xff});
  });
}

bool GuestMemoryView::write(Gpa address, std::span<const u8> data) {
  return forEachPiece(physical_, address.value, data.size(), true, [&](u8* host, u64 done, u64 length) {
    if (!host) return;
    copyToGuest(host, data.data() + done, length);
    ram_.noteWrite(host, length);
  });
}

u8* GuestMemoryView::hostPointer(Gpa address, u64 length, bool writable) {
  const Mapping mapping = physical_.lookup(address.value);
  if (!isMemory(mapping, writable) || length > remaining(mapping, address.value)) return nullptr;
  return mapping.host + (address.value - mapping.base);
}

void GuestMemoryView::wrote(Gpa address, u64 length) {
  forEachPiece(physical_, address.value, length, true, [&](u8* host, u64, u64 part) {
    if (host) ram_.noteWrite(host, part);
  });
}

}  // namespace duet::mmu
