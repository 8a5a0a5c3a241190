#include "cpu-kvm/convert/segments.h"

namespace duet::kvm {
namespace {

constexpr u32 kAvl = 1u << 12;

u8 bit(u32 attributes, u32 mask) { return (attributes & mask) != 0; }
u32 flag(u8 bit, u32 mask) { return bit ? mask : 0; }

}  // namespace

// The kernel's limit is in bytes too, whatever G says.
kvm_segment toKvm(const SegmentRegister& in) {
  kvm_segment out{};
  out.base = in.base;
  out.limit = in.limit;
  out.selector = in.selector;
  out.type = static_cast<u8>(in.type());
  out.s = bit(in.attributes, kSegS);
  out.dpl = static_cast<u8>(in.dpl());
  out.present = bit(in.attributes, kSegPresent);
  out.avl = bit(in.attributes, kAvl);
  out.l = bit(in.attributes, kSegL);
  out.db = bit(in.attributes, kSegDb);
  out.g = bit(in.attributes, kSegG);
  out.unusable = bit(in.attributes, kSegUnusable);
  return out;
}

SegmentRegister fromKvm(const kvm_segment& in) {
  const u32 attributes = (in.type & 0xfu) | flag(in.s, kSegS) | (in.dpl & 3u) << 5 |
                         flag(in.present, kSegPresent) | flag(in.avl, kAvl) | flag(in.l, kSegL) |
                         flag(in.db, kSegDb) | flag(in.g, kSegG) | flag(in.unusable, kSegUnusable);
  return {in.selector, in.base, in.limit, attributes};
}

kvm_dtable toKvm(const DescriptorTableRegister& in) {
  kvm_dtable out{};
  out.base = in.base;
  out.limit = static_cast<u16>(in.limit);
  return out;
}

DescriptorTableRegister fromKvm(const kvm_dtable& in) { return {in.base, in.limit}; }

}  // namespace duet::kvm
