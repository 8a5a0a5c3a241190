#include "cpu-kvm/irqchip/kernel_pit.h"

#include <chrono>

#include "core/base/log.h"
#include "cpu-kvm/convert/pit.h"
#include "cpu-kvm/irqchip/irq_routes.h"

namespace duet::kvm {
namespace {

// CLOCK_MONOTONIC, as the kernel's.
i64 nanosecondsNow() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

void orLog(const Result<>& result) {
  if (!result) log(LogChannel::Error, "{}", result.error().message);
}

bool isPeriodic(u8 mode) { return mode == 2 || mode == 3; }

}  // namespace

Result<std::unique_ptr<KernelPit>> KernelPit::create(Vm& vm) {
  for (const int capability : {KVM_CAP_PIT2, KVM_CAP_PIT_STATE2, KVM_CAP_REINJECT_CONTROL})
    if (vm.extension(capability) <= 0) return nullptr;
  if (auto ok = vm.createPit(); !ok) return tl::unexpected(ok.error());
  return std::unique_ptr<KernelPit>(new KernelPit(vm));
}

void KernelPit::setPit(const PitImage& image) {
  const std::lock_guard lock(mutex_);
  programmed_ = {};
  give(image);
}

void KernelPit::give(const PitImage& image) {
  given_ = image;
  begin_ = nanosecondsNow();
  begun_ = toKvm(image, begin_);
  orLog(vm_.set(begun_));
  if (auto state = vm_.pit(); state) begun_ = *state;
}

PitImage KernelPit::read() {
  const auto state = vm_.pit();
  if (!state) {
    orLog(tl::unexpected(state.error()));
    return given_;
  }
  const i64 now = nanosecondsNow();
  PitImage image = fromKvm(*state, now);
  owesTick_ = false;
  for (unsigned i = 0; i < image.channels.size(); ++i) {
    PitChannelImage& channel = image.channels[i];
    const PitChannelImage& given = given_.channels[i];
    if (loadedSince(i, begun_.channels[i], state->channels[i])) {
      programmed_[i] = true;
      if (i == 0) channel.elapsed = 0;
    } else {
      if (i == 0) owesTick_ = losesTick(given, now);
      channel.counting = given.counting;
      channel.count = given.count;
      channel.elapsed = given.elapsed + now - begin_;
    }
    channel.programmed = programmed_[i];
  }
  return image;
}

// Of a period that it was given begun the kernel makes a whole one: each time that may cost a tick.
bool KernelPit::losesTick(const PitChannelImage& given, i64 now) const {
  if (!given.counting || !isPeriodic(given.mode) || !given_.connected) return false;
  const i64 period = pitTime(given.count), counted = now - begin_;
  return (given.elapsed % period + counted) / period > counted / period;
}

void KernelPit::tick() {
  for (const bool level : {true, false}) {
    vm_.setIrqLine(kFirstPicInput, level);
    vm_.setIrqLine(kPitIoApicPin, level);
  }
}

PitImage KernelPit::takePit() {
  const std::lock_guard lock(mutex_);
  const PitImage image = read();
  if (owesTick_) tick();
  kvm_pit_state2 stopped = begun_;
  stopped.flags |= KVM_PIT_FLAGS_HPET_LEGACY;  // nothing counts to an interrupt, then
  orLog(vm_.set(stopped));
  return image;
}

void KernelPit::connectPit(bool connected) {
  const std::lock_guard lock(mutex_);
  PitImage image = read();
  if (image.connected == connected) return;
  image.connected = connected;
  give(image);
}

}  // namespace duet::kvm
