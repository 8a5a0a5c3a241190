// The interrupt controller as one vCPU sees it (the local APIC, with the 8259 pair behind its LINT0).
#pragma once

#include <optional>

#include "core/base/types.h"
#include "core/bus/io_handler.h"

namespace duet {

enum class MsrAccess : u8 { Done, Fault /* #GP(0) */, NotMine };

// Threads: all methods from the owning vCPU's thread; the implementation locks against other threads.
// It posts kMailInterrupt to its vCPU's mailbox whenever deliverable() turns true.
class LocalInterruptController {
 public:
  virtual ~LocalInterruptController() = default;
  // An interrupt of sufficient priority waits (or an ExtINT while LINT0/the disabled APIC passes it).
  virtual bool deliverable() = 0;
  // Interrupt acknowledge cycle: the vector, or -1 when it went away. After it, deliverable() tells
  // whether another one waits.
  virtual int acknowledge() = 0;
  // CR8 = TPR[7:4].
  virtual u8 taskPriority() = 0;
  virtual void setTaskPriority(u8 cr8) = 0;
  // IA32_APIC_BASE, x2APIC range 800h..8FFh and IA32_TSC_DEADLINE.
  virtual MsrAccess readMsr(u32 index, u64& value) = 0;
  virtual MsrAccess writeMsr(u32 index, u64 value) = 0;
  // Physical page of the xAPIC registers, or nothing when disabled or in x2APIC mode; accesses there go
  // to mmio() range 0 instead of the address space. May change only by writeMsr and reset.
  virtual std::optional<Gpa> mmioPage() = 0;
  virtual IoHandler& mmio() = 0;
  virtual u32 apicId() = 0;
  // Sends delivery mode, vector, level and trigger of `icrLow` (SDM vol. 3 11.6.1) to the processor with this ID,
  // whatever mode the registers are in; for hypercalls. False when there is no such processor.
  virtual bool sendIpi(u32 destination, u32 icrLow) = 0;
  // Posts kMailUnhalt to the processor with this ID, for KVM_HC_KICK_CPU. False when there is no such processor.
  virtual bool unhalt(u32 destination) = 0;
  virtual void initReset() = 0;  // INIT arrived: registers as after INIT (SDM vol. 3 11.4.7.3)
};

}  // namespace duet
