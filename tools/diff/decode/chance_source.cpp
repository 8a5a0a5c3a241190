#include "tools/diff/decode/byte_source.h"
#include "tools/diff/generate/random.h"

namespace duet::diff {
namespace {

// Writes ahead of bytes that are chance already.
class Head {
 public:
  Head(ByteString& bytes, CodeMode mode, Random& random) : bytes_(bytes), mode_(mode), random_(random) {}

  void prefixes() {
    static constexpr u8 kPrefixes[] = {0x66, 0x66, 0x67, 0xf2, 0xf3, 0xf0,
                                       0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65};
    for (unsigned n = random_.below(8) % 5; n > 0; --n) put(random_.of(kPrefixes));
    if (mode_ == CodeMode::Bits64 && random_.oneIn(2)) put(static_cast<u8>(0x40 | random_.below(16)));
  }

  void legacyMap() {
    const unsigned map = random_.below(4);
    if (map > 0) put(0x0f);
    if (map > 1) put(map == 2 ? 0x38 : 0x3a);
  }

  void vex() {
    if (random_.oneIn(3)) {
      put(0xc5);
      put(payload());
      return;
    }
    put(0xc4);
    const unsigned map = random_.oneIn(16) ? random_.below(32) : 1 + random_.below(3);
    put(static_cast<u8>(registers() | map));
    put(payload());
  }

  void xop() {
    put(0x8f);
    put(static_cast<u8>(registers() | (8 + random_.below(4))));
    put(payload());
  }

  void evex() {
    put(0x62);
    put(static_cast<u8>((registers() & 0xe0) | (random_() & 0x10) | (1 + random_.below(7))));
    put(static_cast<u8>(payload() | 4));
    put(static_cast<u8>(random_()));
  }

 private:
  void put(u8 byte) { bytes_[at_++] = byte; }
  // R, X and B as stored; elsewhere than in 64-bit mode R and X are set, or it is another instruction.
  u8 registers() { return static_cast<u8>((random_() & 0xe0) | (mode_ == CodeMode::Bits64 ? 0 : 0xc0)); }
  // W vvvv L pp: half of them with vvvv 1111b, which rows without that operand ask for.
  u8 payload() {
    const u8 byte = static_cast<u8>(random_());
    const u8 r = mode_ == CodeMode::Bits64 ? 0 : 0x80;
    return static_cast<u8>(random_.oneIn(2) ? byte | 0x78 | r : byte | r);
  }

  ByteString& bytes_;
  CodeMode mode_;
  Random& random_;
  unsigned at_ = 0;
};

}  // namespace

ByteString ChanceSource::make(u64 number, CodeMode mode) const {
  Random random((seed_ * 3 + static_cast<u64>(mode)) * 0x9e3779b97f4a7c15 ^ number * 0xd1342543de82ef95);
  ByteString bytes;
  for (u8& b : bytes) b = static_cast<u8>(random());
  Head head(bytes, mode, random);
  switch (number % 9) {
    case 0:
    case 1:
    case 2:
      break;
    case 3:
    case 4:
    case 5:
      head.prefixes();
      head.legacyMap();
      break;
    case 6:
      if (random.oneIn(8)) head.prefixes();
      head.vex();
      break;
    case 7:
      head.vex();
      break;
    default:
      if (random.oneIn(2))
        head.xop();
      else
        head.evex();
  }
  return bytes;
}

}  // namespace duet::diff
