// Deliveries, and what ends an entry.
#include <algorithm>
#include <cerrno>
#include <chrono>

#include "core/base/log.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/caps/watchdog.h"
#include "cpu-kvm/convert/events.h"
#include "cpu-kvm/vcpu/halt_marks.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"
#include "cpu-kvm/vcpu/stepper.h"

namespace duet::kvm {
namespace {

constexpr unsigned kExceptions = 32;
constexpr std::chrono::milliseconds kLongestDelivery{20};
// Times that a delivery is interrupted after that until it is taken for one that never ends: its own exception, again and
// again (#AC upon #AC). A host that is merely busy gets through in one.
constexpr unsigned kHopeless = 10;

bool hasErrorCode(unsigned vector) {
  return vector == kExcDF || (vector >= kExcTS && vector <= kExcPF) || vector == kExcAC;
}

}  // namespace

// What the kernel holds for delivery at the next entry.
bool Stepper::eventWaits() const {
  const kvm_vcpu_events& e = view_.events;
  return e.exception.injected || e.exception.pending || e.nmi.injected || e.interrupt.injected;
}

std::optional<unsigned> Stepper::dueEvent() {
  const kvm_vcpu_events& e = view_.events;
  if (e.exception.injected || e.exception.pending) return e.exception.nr;
  if (e.nmi.injected) return kExcNMI;
  if (e.interrupt.injected) return e.interrupt.nr;
  if (hold_) return {};
  if (e.smi.pending && !e.smi.smm) return kSmiEvent;
  if (e.nmi.pending && !e.nmi.masked && !e.interrupt.shadow) return kExcNMI;
  return acknowledge();
}

std::optional<unsigned> Stepper::acknowledge() {
  if (!(view_.regs.rflags & kFlagIf) || view_.events.interrupt.shadow) return {};
  if (vcpu_.interruptPending_ && vcpu_.interruptWaits()) {
    vcpu_.takeInterrupt();
    refresh();
    if (view_.events.interrupt.injected) return view_.events.interrupt.nr;
  }
  return vcpu_.kernelInterrupt();
}

std::vector<u8*> Stepper::idtPages() const {
  const u64 base = view_.sregs.idt.base;
  const u64 entry = view_.longMode() ? 16 : view_.sregs.cr0 & kCr0Pe ? 8 : 4;
  std::vector<u8*> pages;
  for (const u64 at : {base, base + entry * kExceptions - 1})
    if (u8* page = view_.hostPage(LinearAddr(at))) pages.push_back(page);
  return pages;
}

// Not the IDT's own page, which every delivery reads: entries that nobody has set lead there in real mode.
void Stepper::closeHandlers(std::span<const unsigned> vectors) {
  const std::vector<u8*> idt = idtPages();
  const auto has = [](const std::vector<u8*>& list, u8* page) {
    return std::ranges::find(list, page) != list.end();
  };
  std::vector<u8*> pages;
  for (const unsigned vector : vectors) {
    const auto handler = handlerOf(view_, vector);
    u8* page = handler ? view_.hostPage(*handler) : nullptr;
    if (page && !has(idt, page) && !has(pages, page)) pages.push_back(page);
  }
  guards_.close(pages);
}

// Whether a HLT that stands for a handler's first byte has ended the entry; the vCPU is before it then. With an APIC in the
// kernel it sleeps there until somebody interrupts.
bool Stepper::stopsAt(const HaltMarks& marks, Stop stop) {
  if (stop == Stop::Interrupted) refresh();
  const bool halted =
      stop == Stop::Halted || (stop == Stop::Interrupted && vcpu_.activity() == Activity::Halted);
  if (!halted || !marks.hit(view_.code())) return false;
  view_.regs.rip -= 1;
  setRegs();
  vcpu_.setActivity(Activity::Running, false);
  return true;
}

std::unique_ptr<Watchdog> Stepper::wakeInMarks() const {
  return vcpu_.apic_ ? std::make_unique<Watchdog>(kLongestDelivery) : nullptr;
}

Stepper::MaybeExit Stepper::deliver(unsigned vector) {
  refresh();
  vcpu_.applyDebug(false, false);
  const GuestView before = view_;
  const unsigned vectors[] = {vector, kExcDF, kExcTS, kExcNP, kExcSS, kExcGP, kExcPF, kExcAC};
  closeHandlers(vectors);
  std::optional<HaltMarks> marks;
  if (const auto handler = handlerOf(view_, vector); handler && !guards_.isClosed(view_.hostPage(*handler))) {
    guards_.close({});
    marks.emplace(view_, vectors);
  }
  const Watchdog watchdog(kLongestDelivery);
  unsigned late = 0;
  for (;;) {
    // The kernel itself injects NMIs and its APIC's interrupts; nothing else may come behind another event.
    const Stop stop = enter(false, eventWaits() && vector != kExcNMI);
    const bool marked = marks && stopsAt(*marks, stop);
    if (marked || stop == Stop::Delivered) {
      ++steps_;
      noteFrame(before, vector);
      return {};
    }
    if (stop == Stop::Exit) return exit_;
    if (stop == Stop::Interrupted && watchdog.expired() && ++late > kHopeless) {
      ++steps_;
      return {};
    }
    if (stop == Stop::Interrupted && late && (vcpu_.env_.mailbox.peek() & kMailExit)) return {};
    if (stop == Stop::Fault || stop == Stop::Touched) {  // the delivery needs a closed page
      guards_.close({});
      if (!marks) marks.emplace(view_, vectors);
    }
  }
}

// The kernel saves the state and starts the handler; its first page is closed so that it waits there.
Stepper::MaybeExit Stepper::enterSmm(const PortInstruction& port) {
  vcpu_.applyDebug(false, false);
  const u64 smbase = vcpu_.readMsr(kMsrSmbase);
  GuestView inside = view_;
  inside.memory = &vcpu_.memoryIn(true);
  inside.sregs.cr0 = inside.sregs.efer = 0;
  std::vector<u8*> pages;
  if (u8* page = inside.hostPage(LinearAddr(smbase + 0x8000))) pages.push_back(page);
  guards_.close(pages);
  for (;;) {
    switch (enter(false, false)) {
      case Stop::Exit:
        return exit_;
      case Stop::Interrupted:
        continue;
      default:
        guards_.close({});
        ++steps_;
        if (port.size) vcpu_.recordPort(port, smbase);
        return {};
    }
  }
}

Stepper::MaybeExit Stepper::raiseDebug(u64 dr6, bool fault) {
  refresh();
  if (!fault && shadowOf(view_.events, vcpu_.shadow_) == InterruptShadow::MovSs) {
    vcpu_.heldTrap_ = dr6;
    return {};
  }
  if (fault) {  // SDM vol. 3 18.3.1.1: the frame has RF, so that the handler can return
    view_.regs.rflags |= kFlagRf;
    setRegs();
  }
  auto& e = view_.events;
  e.exception = {};
  e.exception.pending = 1;
  e.exception.nr = kExcDB;
  e.exception_has_payload = 1;
  e.exception_payload = dr6;
  e.flags |= KVM_VCPUEVENT_VALID_PAYLOAD;
  (void)vcpu_.fd_.set(e);
  return fault ? deliver(kExcDB) : MaybeExit{};
}

// What a delivery has pushed.
void Stepper::noteFrame(const GuestView& before, unsigned vector) {
  refresh();
  const bool protectedMode = view_.sregs.cr0 & kCr0Pe;
  const u64 item = view_.longMode() ? 8 : protectedMode ? 4 : 2;
  const bool otherStack = view_.longMode() || before.cpl() != view_.cpl();
  const u64 items = (otherStack ? 5u : 3u) + (protectedMode && hasErrorCode(vector) ? 1u : 0u);
  u64 size = item * items;
  const u64 grown = before.stack().value - view_.stack().value;
  if (!otherStack && grown < size) size = grown;  // a 16-bit gate
  accesses_.push_back({view_.stack(), size, false, true});
}

Stepper::Stop Stepper::enter(bool singleStep, bool block) {
  vcpu_.applyDebug(singleStep, block);
  for (;;) {
    const int error = vcpu_.enterClosed();
    if (error == EINTR || error == EAGAIN) return Stop::Interrupted;
    if (error == EFAULT && guards_.any()) {
      refresh();
      if (eventWaits()) return Stop::Fault;
      if (guards_.isClosed(view_.hostPage(view_.code()))) return Stop::Delivered;
      return Stop::Touched;
    }
    const u32 reason = error ? 0u : vcpu_.fd_.run().exit_reason;
    if (!error && (reason == KVM_EXIT_DEBUG || reason == KVM_EXIT_HLT)) {
      refresh();
      if (reason == KVM_EXIT_DEBUG) return Stop::Trap;
      vcpu_.activity_ = Activity::Halted;
      return Stop::Halted;
    }
    if (const MaybeExit exit = vcpu_.handleExit(error)) {
      exit_ = *exit;
      return Stop::Exit;
    }
  }
}

}  // namespace duet::kvm
