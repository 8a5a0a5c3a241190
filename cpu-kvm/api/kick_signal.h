// The signal that gets a thread out of KVM_RUN.
#pragma once

namespace duet::kvm {

// A real-time signal, which has no other meaning in this process.
int kickSignal();
// Its handler does nothing; being there, and without SA_RESTART, it makes KVM_RUN return EINTR. Any number of times.
void installKickSignal();

}  // namespace duet::kvm
