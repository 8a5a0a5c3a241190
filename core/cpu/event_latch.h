// What a vCPU keeps of the NMI, SMI, INIT, SIPI and KVM_HC_KICK_CPU in its mailbox until it takes them.
#pragma once

#include "core/cpu/cpu_state.h"
#include "core/cpu/vcpu_mailbox.h"

namespace duet {

// One of each. They wait here while NMIs are blocked, while the processor is in SMM or until it waits for a SIPI. Threads:
// the vCPU's own. The members are for engines to read, and to clear with what they take.
class EventLatch {
 public:
  // Empties the mailbox of them. Until the first of several NMIs is under way, a second waits behind it, in the mailbox; beyond
  // that, and while one is handled (`nmiBlocked`), they are one. So it is the same how often the mail is looked at.
  void collect(VcpuMailbox& mailbox, bool nmiBlocked);

  // Whether the SIPI that waits starts a processor in this state. It is over either way: only a processor that waits for one
  // hears it.
  bool takeSipi(Activity activity);
  // A SIPI has no place in CpuState: before the state is read it is heard, and so is the INIT that it follows, unless that is
  // `held` back.
  bool initComesFirst(bool held) const { return sipi && init && !smi && !held; }

  void clearByInit() { nmi = init = unhalt = false; }
  void load(const CpuState& state);
  void save(CpuState& state) const;

  bool nmi = false, smi = false, init = false;
  bool sipi = false;  // follows the INIT, if there is one
  bool unhalt = false;
};

}  // namespace duet
