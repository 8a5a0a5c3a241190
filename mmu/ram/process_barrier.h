// A memory barrier on every thread of this process, for protocols with a fence-free fast side.
#pragma once

namespace duet::mmu {

// After it returns, each other thread's stores before its current instruction are visible to us, and its
// later loads see ours (membarrier(2) PRIVATE_EXPEDITED). Where the kernel refuses that call, a page
// protection change does the same by its TLB shootdown interrupt. Threads: any. Costs a few microseconds.
void processBarrier();

// Orders this thread's earlier stores before its later loads. Written out because the thread sanitizer
// refuses std::atomic_thread_fence; a locked instruction, as it takes a tenth of the time of MFENCE (Zen 3) and orders the same (SDM vol. 3 9.2.2;
// non-temporal stores leave their buffers, 12.3.1).
inline void storeLoadFence() { asm volatile("lock orl $0, (%%rsp)" ::: "memory", "cc"); }

}  // namespace duet::mmu
