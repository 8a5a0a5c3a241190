// Any bytes as a kernel: refused with a message, or placed inside the RAM that is free to use.
#include <algorithm>
#include <cstring>
#include <vector>

#include "firmware/loader/kernel.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"

namespace {

using namespace duet;
using namespace duet::firmware;

constexpr u64 kRam = 16_MiB;

// RAM that accepts nothing outside itself or in what the layout reserves.
class StrictMemory : public GuestMemory {
 public:
  explicit StrictMemory(const MemoryLayout& layout) : layout_(layout), ram_(kRam) {}
  bool read(Gpa address, std::span<u8> out) override {
    check(address, out.size());
    std::copy_n(ram_.begin() + static_cast<i64>(address.value), out.size(), out.begin());
    return true;
  }
  bool write(Gpa address, std::span<const u8> data) override {
    check(address, data.size());
    std::copy(data.begin(), data.end(), ram_.begin() + static_cast<i64>(address.value));
    return true;
  }
  u8* hostPointer(Gpa address, u64 length, bool) override {
    check(address, length);
    return ram_.data() + address.value;
  }
  void wrote(Gpa address, u64 length) override { check(address, length); }

 private:
  void check(Gpa address, u64 length) const {
    FUZZ_CHECK(length == 0 || isUsableRam(layout_, address.value, length));
    FUZZ_CHECK(address.value <= kRam && length <= kRam - address.value);
  }
  MemoryLayout layout_;
  std::vector<u8> ram_;
};

MemoryLayout layoutOfSmallMachine() {
  MemoryLayout layout;
  layout.lowRam = kRam;
  layout.reserved = {{0x9fc00, 0x400, MemoryType::Reserved}, {0xe0000, 0x20000, MemoryType::Reserved}};
  layout.holes = {{0xa0000, 0x40000, MemoryType::Reserved}};
  layout.mmioBase = 0xc0000000;
  return layout;
}

void stamp(std::vector<u8>& bytes, size_t at, std::initializer_list<u8> value) {
  if (bytes.size() >= at + value.size())
    std::copy(value.begin(), value.end(), bytes.begin() + static_cast<i64>(at));
}

// The magic numbers are put in place, so that the search begins behind the first comparison.
FileBytes kernelFrom(fuzz::Input& input) {
  enum { kRaw, kLinux, kElf64, kElf32, kMultiboot, kShapes };
  const u8 shape = input.take<u8>() % kShapes;
  const auto rest = input.rest();
  std::vector<u8> bytes(rest.begin(), rest.end());
  if (shape == kLinux) {
    // The input is the setup header and what follows; a real kernel's boot sector goes before.
    bytes.insert(bytes.begin(), 0x1f1, 0);
    bytes.resize(std::max<size_t>(bytes.size(), 16384));
    stamp(bytes, 0x1fe, {0x55, 0xaa});
    stamp(bytes, 0x202, {'H', 'd', 'r', 'S'});
  } else if (shape == kElf64 || shape == kElf32) {
    stamp(bytes, 0, {0x7f, 'E', 'L', 'F', static_cast<u8>(shape == kElf64 ? 2 : 1), 1, 1});
    bytes.resize(std::max<size_t>(bytes.size(), 4096));
  } else if (shape == kMultiboot) {
    u32 header[3] = {0x1badb002, 0, 0};
    if (bytes.size() >= 8) std::memcpy(&header[1], bytes.data() + 4, 4);
    header[2] = 0u - header[0] - header[1];
    if (bytes.size() >= sizeof header) std::memcpy(bytes.data(), header, sizeof header);
  }
  return {"fuzzed.kernel", std::move(bytes)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  fuzz::Input input(data, size);
  static const MemoryLayout layout = layoutOfSmallMachine();
  KernelFiles files;
  files.append = "console=ttyS0";
  const u8 modules = input.take<u8>() % 3;
  for (u8 i = 0; i < modules; ++i)
    files.modules.push_back({{"module", std::vector<u8>(5000, i)}, "module text"});
  files.kernel = kernelFrom(input);

  const Result<KernelFormat> format = kernelFormat(files.kernel);
  if (!format) {
    FUZZ_CHECK(format.error().message.find("fuzzed.kernel") != std::string::npos);
    return 0;
  }
  const Result<PreparedKernel> kernel = prepareKernel(*format, std::move(files), layout);
  if (!kernel) {
    FUZZ_CHECK(!kernel.error().message.empty() && kernel.error().message.find('\n') == std::string::npos);
    return 0;
  }
  StrictMemory memory(layout);
  FUZZ_CHECK(kernel->plan.commit(memory).has_value());
  return 0;
}
