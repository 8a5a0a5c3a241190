// CpuState in and out of the kernel, and the TSC.
#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "core/cpu/state_check.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"

namespace duet::kvm {
Result<> KvmVcpu::read(KvmState& s) {
  if (auto ok = fd_.get(s.regs); !ok) return ok;
  if (auto ok = fd_.get(s.sregs); !ok) return ok;
  if (auto ok = fd_.get(s.events); !ok) return ok;
  if (auto ok = fd_.get(s.debug); !ok) return ok;
  if (auto ok = fd_.get(s.xcrs); !ok) return ok;
  s.xsave.assign(facts_.xsave.size, 0);
  if (auto ok = fd_.getXsave(s.xsave, facts_.xsave2); !ok) return ok;
  s.msrs.clear();
  for (const u32 index : facts_.msrs) s.msrs.push_back({index, 0, 0});
  auto count = fd_.getMsrs(s.msrs);
  if (!count) return tl::unexpected(count.error());
  if (*count != s.msrs.size()) return fail("kvm: MSR {:#x} cannot be read", s.msrs[*count].index);
  return {};
}

// Control registers first: what the others may be depends on them. Events last: they end in the state.
Result<> KvmVcpu::write(const KvmState& s) {
  if (auto ok = fd_.set(s.xcrs); !ok) return ok;
  if (auto ok = fd_.setXsave(s.xsave); !ok) return ok;
  if (auto ok = fd_.set(s.sregs); !ok) return ok;
  if (auto ok = fd_.set(s.regs); !ok) return ok;
  auto count = fd_.setMsrs(s.msrs);
  if (!count) return tl::unexpected(count.error());
  if (*count != s.msrs.size())
    return fail("kvm: MSR {:#x} cannot be {:#x}", s.msrs[*count].index,
                static_cast<u64>(s.msrs[*count].data));
  if (auto ok = fd_.set(s.debug); !ok) return ok;
  return fd_.set(s.events);
}

u64 KvmVcpu::apicBase() {
  u64 base = 0xfee00900;
  (void)env_.interrupts.readMsr(kMsrApicBase, base);
  return base;
}

// All clocks of the guest stand still in a pause; it hears of that, as its watchdogs may have had other clocks.
void KvmVcpu::beginTime() {
  updateTscOffset();
  clock_.give(env_.clock);
  const u32 pauses = env_.clock.pauses();
  if (std::exchange(pausesTold_, pauses) != pauses) (void)fd_.tellOfPause();
}

// Guest TSC = host TSC + what the clock has lost in pauses + what the guest wrote.
void KvmVcpu::updateTscOffset() {
  const u64 wanted = env_.clock.tscOffset() + tscOffset_;
  if (wanted == appliedTscOffset_) return;
  const auto ok = facts_.tscOffset ? fd_.setTscOffset(wanted) : writeTsc(env_.clock.tsc() + tscOffset_);
  if (!ok) log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
  appliedTscOffset_ = wanted;
}

// Kernels before 5.16: near enough, by the time the call takes.
Result<> KvmVcpu::writeTsc(u64 value) {
  const kvm_msr_entry entry{kMsrTsc, 0, value};
  auto count = fd_.setMsrs({&entry, 1});
  return count && *count == 1 ? Result<>{} : fail("kvm: the TSC cannot be set");
}

// The guest may have written IA32_TSC or IA32_TSC_ADJUST: both move the latter (SDM vol. 3 18.17.3), also where its CPUID
// lacks it. The kernel's own offset says less: on a host without a stable TSC it is moved all the time.
void KvmVcpu::readTscOffset() {
  const u64 before = std::exchange(tscAdjust_, tscAdjust());
  tscOffset_ += tscAdjust_ - before;
}

u64 KvmVcpu::tscAdjust() {
  kvm_msr_entry entry{kMsrTscAdjust, 0, 0};
  (void)fd_.getMsrs({&entry, 1});
  return entry.data;
}

void KvmVcpu::saveState(CpuState& out) {
  takeMail();
  if (latch_.initComesFirst(events().smi.smm)) takeInit();
  takeSipi();
  if (interruptPending_) env_.mailbox.post(kMailInterrupt);
  readState(out);
}

void KvmVcpu::readState(CpuState& out) {
  readTscOffset();
  const Activity active = activity();
  KvmState state;
  if (auto ok = read(state); !ok) log(LogChannel::Error, "vcpu {}: {}", env_.index, ok.error().message);
  out = {};
  out.msr = kept_;
  fromKvm(state, facts_.xsave, out, shadow_);
  out.cr8 = env_.interrupts.taskPriority();
  out.activity = active;
  out.initPending |= latch_.init;
  out.instructions = instructions_;
  out.portBefore = portBefore_;
  if (heldTrap_) out.pending = {EventType::Exception, kExcDB, false, 0, heldTrap_};
  out.unhaltPending = mayBeKicked(out);
  out.msr.tscOffset = tscOffset_;
}

Result<> KvmVcpu::loadState(const CpuState& in) {
  if (auto ok = writeState(in); !ok) return ok;
  latch_ = {};
  latch_.init = in.initPending;
  return {};
}

Result<> KvmVcpu::writeState(const CpuState& in) {
  if (auto ok = checkState(env_.model, in); !ok) return ok;
  KvmState before, after;
  if (auto ok = read(before); !ok) return ok;
  toKvm(in, apicBase(), facts_.msrs, facts_.xsave, after);
  const bool held = in.pending.type == EventType::Exception && in.pending.vector == kExcDB &&
                    in.interruptShadow == InterruptShadow::MovSs;
  if (held) after.events.exception = {};
  // Only what changes: kernels log a write of some registers that they do not have, whatever the value.
  std::erase_if(after.msrs, [&](const kvm_msr_entry& e) {
    return std::ranges::any_of(
        before.msrs, [&](const kvm_msr_entry& b) { return b.index == e.index && b.data == e.data; });
  });
  if (auto ok = write(after); !ok) {
    (void)write(before);
    return ok;
  }
  env_.interrupts.setTaskPriority(static_cast<u8>(in.cr8));
  setActivity(in.activity, in.pending.type != EventType::None || in.unhaltPending);
  if (in.unhaltPending && in.activity != Activity::Halted) kickSelf();
  shadow_ = in.interruptShadow;
  heldTrap_ = held ? in.pending.payload : 0;
  instructions_ = in.instructions;
  portBefore_ = in.portBefore;
  inRepetition_.reset();
  interruptPending_ = true;
  tscOffset_ = in.msr.tscOffset;
  tscAdjust_ = tscAdjust();
  kept_ = in.msr;
  // Of the state before, and read again with the next exit.
  fd_.run().ready_for_interrupt_injection = 0;
  fd_.run().if_flag = (in.rflags & kFlagIf) != 0;
  return {};
}

}  // namespace duet::kvm
