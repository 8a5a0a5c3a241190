// A guest with nothing but the state that stubs touch.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <span>
#include <vector>

#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/native/stub_cache.h"
#include "cpu-tcg/native/x87.h"

namespace duet::tcg::test {

inline StubCache& sharedCache() {
  static std::unique_ptr<StubCache> cache = StubCache::create().value();
  return *cache;
}

struct Guest {
  u64 gpr[16] = {};
  alignas(64) u8 xsave[832] = {};
  NativeState state{gpr, xsave};
  isa::CodeMode mode = isa::CodeMode::Bits64;

  Guest() {
    resetX87(state);
    state.setGuestMxcsr(kMxcsrDefault);
  }
  ~Guest() { x87Release(state); }

  isa::Insn decode(std::span<const u8> bytes) const {
    isa::Insn insn;
    const auto status = isa::decode(bytes, mode, true, isa::FeatureSet::all(), insn);
    EXPECT_EQ(status, isa::DecodeStatus::Ok);
    EXPECT_EQ(insn.length, bytes.size());
    return insn;
  }
  NativeResult run(const isa::Insn& insn, void* memory = nullptr) {
    return sharedCache().get(insn)->run(state, insn, memory);
  }
  NativeResult run(std::vector<u8> bytes, void* memory = nullptr) { return run(decode(bytes), memory); }

  template <class T>
  void setXmm(unsigned n, std::vector<T> values) {
    std::memcpy(state.xmm(n), values.data(), std::min<size_t>(16, values.size() * sizeof(T)));
    if (values.size() * sizeof(T) > 16) {
      std::memcpy(state.ymmHigh(n), values.data() + 16 / sizeof(T), values.size() * sizeof(T) - 16);
    }
  }
  template <class T>
  T xmm(unsigned n, unsigned element) {
    T v;
    const unsigned at = element * sizeof(T);
    std::memcpy(&v, at < 16 ? state.xmm(n) + at : state.ymmHigh(n) + at - 16, sizeof v);
    return v;
  }
  // ST(i); releases the unit.
  long double st(unsigned i) {
    x87Release(state);
    long double v = 0;
    std::memcpy(&v, xsave + kXsSt0 + 16 * i, 10);
    return v;
  }
};

}  // namespace duet::tcg::test
