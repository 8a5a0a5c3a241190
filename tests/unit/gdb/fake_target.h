// A machine of two vCPUs and 64 KiB of memory that stops where it is told: for the gdb session's tests and fuzzer.
#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>

#include "core/machine/debug_target.h"

namespace duet::test {

class FakeTarget : public DebugTarget {
 public:
  static constexpr size_t kMemory = 0x10000;

  unsigned vcpuCount() const override { return 2; }
  bool attach(Listener l) override {
    listener = std::move(l);
    ++attached;
    return true;
  }
  void detach(bool goOn) override { detached = goOn ? 2 : 1; }
  void stop() override { ++stops; }
  void go(const DebugMotion& m) override { motions.push_back(m); }
  void reset() override { ++resets; }
  void end() override { ++ends; }
  void setControls(const DebugControls& c) override { controls = c; }
  CpuState readState(unsigned vcpu) override { return states[vcpu]; }
  Result<> writeState(unsigned vcpu, const CpuState& state) override {
    if (state.cr0 == 0x80000000) return fail("impossible");
    states[vcpu] = state;
    return {};
  }
  // Linear addresses are physical ones plus 1000h for vCPU 0, 2000h for vCPU 1.
  size_t readLinear(unsigned vcpu, LinearAddr a, std::span<u8> out) override {
    return readPhysical(Gpa(a.value - 0x1000 * (vcpu + 1)), out);
  }
  bool writeLinear(unsigned vcpu, LinearAddr a, std::span<const u8> data) override {
    return writePhysical(Gpa(a.value - 0x1000 * (vcpu + 1)), data);
  }
  size_t readPhysical(Gpa a, std::span<u8> out) override {
    if (a.value >= kMemory) return 0;
    const size_t n = std::min<u64>(out.size(), kMemory - a.value);
    std::copy_n(memory.begin() + static_cast<long>(a.value), n, out.begin());
    return n;
  }
  bool writePhysical(Gpa a, std::span<const u8> data) override {
    if (a.value >= kMemory || data.size() > kMemory - a.value) return false;
    std::copy(data.begin(), data.end(), memory.begin() + static_cast<long>(a.value));
    return true;
  }

  std::vector<u8> memory = std::vector<u8>(kMemory);
  CpuState states[2];
  DebugControls controls;
  std::vector<DebugMotion> motions;
  Listener listener;
  std::atomic<int> attached = 0, detached = 0;  // a test looks while the server works
  int stops = 0, resets = 0, ends = 0;
};

}  // namespace duet::test
