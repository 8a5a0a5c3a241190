// What travels between local APICs, the IOAPIC and MSI sources.
#pragma once

#include "core/base/types.h"

namespace duet::hw {

// Encoding of the delivery mode field in ICR, LVT, RTE and MSI data (SDM vol. 3 11.5.1, 11.6.1).
enum class DeliveryMode : u8 { Fixed, LowestPriority, Smi, Reserved, Nmi, Init, StartUp, ExtInt };

inline constexpr u32 kBroadcastXapic = 0xff;
inline constexpr u32 kBroadcastX2apic = 0xffffffff;

struct ApicMessage {
  u32 destination = 0;
  bool wide = false;  // sent in x2APIC mode: a 32-bit destination; else 8 bits
  bool logical = false;
  DeliveryMode mode = DeliveryMode::Fixed;
  u8 vector = 0;
  bool level = false;  // level-triggered: the EOI is broadcast to the IOAPICs

  bool broadcast() const { return destination == (wide ? kBroadcastX2apic : kBroadcastXapic); }
};

// ICR destination shorthand, bits 19:18.
enum class Shorthand : u8 { None, Self, AllIncludingSelf, AllExcludingSelf };

}  // namespace duet::hw
