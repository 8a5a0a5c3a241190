// Guest RAM for loader tests: sparse, so that large guests cost nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/memory/guest_memory.h"
#include "firmware/layout/memory_layout.h"

namespace duet::firmware::test {

class FakeMemory : public GuestMemory {
 public:
  explicit FakeMemory(const MemoryLayout& layout) : layout_(layout) {}

  bool read(Gpa address, std::span<u8> out) override {
    for (size_t i = 0; i < out.size(); ++i) out[i] = at(address.value + i);
    return true;
  }
  bool write(Gpa address, std::span<const u8> data) override {
    if (!isUsableRam(layout_, address.value, data.size())) return false;
    for (size_t i = 0; i < data.size();) {
      const u64 where = address.value + i;
      auto& page = pages_[where >> 12];
      page.resize(kPageSize, 0xcc);  // what was there before is no zero
      const size_t n = std::min<size_t>(data.size() - i, kPageSize - (where & kPageMask));
      std::copy_n(data.data() + i, n, page.begin() + static_cast<std::ptrdiff_t>(where & kPageMask));
      i += n;
    }
    written_ += data.size();
    return true;
  }
  u8* hostPointer(Gpa, u64, bool) override { return nullptr; }
  void wrote(Gpa, u64) override {}

  u8 at(u64 address) const {
    const auto page = pages_.find(address >> 12);
    return page == pages_.end() ? 0xcc : page->second[address & kPageMask];
  }
  template <class T>
  T get(u64 address) {
    T value{};
    load(Gpa(address), value);
    return value;
  }
  std::string text(u64 address) const {
    std::string out;
    for (; at(address) && out.size() < 4096; ++address) out += static_cast<char>(at(address));
    return out;
  }
  u64 written() const { return written_; }

 private:
  MemoryLayout layout_;
  std::map<u64, std::vector<u8>> pages_;
  u64 written_ = 0;
};

}  // namespace duet::firmware::test
