#include "tools/diff/lockstep/seat.h"

#include "core/cpu/registers.h"

namespace duet::diff::lockstep {
namespace {

constexpr u64 kPortCount = 0x10000;

}  // namespace

class Seat::Devices final : public IoHandler {
 public:
  Devices(Seam& seam, CallKind read, CallKind write) : seam_(seam), read_(read), write_(write) {}
  u64 read(unsigned, u64 offset, unsigned size) override {
    return seam_.call({read_, static_cast<u8>(size), offset, 0}).value;
  }
  void write(unsigned, u64 offset, unsigned size, u64 value) override {
    const u64 mask = size < 8 ? (u64{1} << (8 * size)) - 1 : ~u64{0};
    seam_.call({write_, static_cast<u8>(size), offset, value & mask});
  }

 private:
  Seam& seam_;
  const CallKind read_, write_;
};

class Seat::Interrupts final : public LocalInterruptController {
 public:
  Interrupts(Seam& seam, u32 apicId)
      : seam_(seam), apicId_(apicId), registers_(seam, CallKind::ApicRead, CallKind::ApicWrite) {}

  bool deliverable() override { return seam_.standing().deliverable; }
  int acknowledge() override { return static_cast<int>(seam_.call({.kind = CallKind::Acknowledge}).value); }
  u8 taskPriority() override { return seam_.standing().taskPriority; }
  void setTaskPriority(u8 cr8) override { seam_.call({.kind = CallKind::SetTaskPriority, .value = cr8}); }
  MsrAccess readMsr(u32 index, u64& value) override {
    if (index == kMsrApicBase) {
      value = seam_.standing().apicBase;
      return MsrAccess::Done;
    }
    const Answer answer = seam_.call({.kind = CallKind::MsrRead, .address = index});
    if (answer.access == MsrAccess::Done) value = answer.value;
    return answer.access;
  }
  MsrAccess writeMsr(u32 index, u64 value) override {
    return seam_.call({.kind = CallKind::MsrWrite, .address = index, .value = value}).access;
  }
  std::optional<Gpa> mmioPage() override { return seam_.standing().apicPage; }
  IoHandler& mmio() override { return registers_; }
  u32 apicId() override { return apicId_; }
  bool sendIpi(u32 destination, u32 icrLow) override {
    return seam_.call({.kind = CallKind::SendIpi, .address = destination, .value = icrLow}).value != 0;
  }
  bool unhalt(u32 destination) override {
    return seam_.call({.kind = CallKind::Unhalt, .address = destination}).value != 0;
  }
  void initReset() override { seam_.call({.kind = CallKind::InitReset}); }

 private:
  Seam& seam_;
  const u32 apicId_;
  Devices registers_;
};

class Seat::Pins final : public FpuErrorPins {
 public:
  explicit Pins(Seam& seam) : seam_(seam) {}
  // An engine may say the same again, whenever it likes.
  void setFerr(bool now) override {
    if (now != asserted) seam_.call({.kind = CallKind::SetFerr, .value = now});
    asserted = now;
  }
  bool ignne() override { return seam_.standing().ignne; }

  bool asserted = false;

 private:
  Seam& seam_;
};

Seat::Seat(const SeatPlan& plan, Seam& seam, mmu::Ram& ram, VirtualClock& clock)
    : plan_(plan),
      seam_(seam),
      ram_(ram),
      clock_(clock),
      physical_("memory", plan.memorySize),
      ports_("ports", kPortCount),
      memory_(physical_, ram),
      memoryDevices_(std::make_unique<Devices>(seam, CallKind::MemoryRead, CallKind::MemoryWrite)),
      portDevices_(std::make_unique<Devices>(seam, CallKind::PortRead, CallKind::PortWrite)),
      interrupts_(std::make_unique<Interrupts>(seam, plan.apicId)) {
  if (plan.fpuError) pins_ = std::make_unique<Pins>(seam);
}

Seat::~Seat() = default;

Result<std::unique_ptr<Seat>> Seat::make(const SeatPlan& plan, Seam& seam, mmu::Ram& ram,
                                         VirtualClock& clock) {
  std::unique_ptr<Seat> seat(new Seat(plan, seam, ram, clock));
  auto rest = seat->physical_.mapIo({.name = "devices", .base = 0, .size = plan.memorySize, .priority = -1},
                                    *seat->memoryDevices_, 0);
  if (!rest) return tl::unexpected(rest.error());
  auto ports = seat->ports_.mapIo({.name = "ports", .base = 0, .size = kPortCount}, *seat->portDevices_, 0);
  if (!ports) return tl::unexpected(ports.error());
  seat->spaces_.emplace_back(seat->physical_);
  if (plan.smm) {
    seat->smmCode_ = std::make_unique<AddressSpace>("SMM code", seat->physical_);
    seat->smmData_ = std::make_unique<AddressSpace>("SMM data", seat->physical_);
    seat->smm_ = std::make_unique<SmmMemory>(SmmMemory{*seat->smmCode_, *seat->smmData_});
    seat->spaces_.emplace_back(*seat->smmCode_);
    seat->spaces_.emplace_back(*seat->smmData_);
  }
  return seat;
}

VcpuEnv Seat::env() {
  return {.index = plan_.index,
          .memory = memory_,
          .physical = physical_,
          .ports = ports_,
          .interrupts = *interrupts_,
          .mailbox = mailbox_,
          .clock = clock_,
          .model = plan_.model,
          .fpuError = pins_.get(),
          .smm = smm_.get()};
}

bool Seat::ferr() const { return pins_ && pins_->asserted; }

void Seat::setFerr(bool asserted) {
  if (pins_) pins_->asserted = asserted;
}

Result<> Seat::setMap(const MemoryMap& map) {
  for (unsigned i = 0; i < spaces_.size(); ++i)
    if (auto ok = spaces_[i].lay(map.spaces[i], ram_); !ok) return ok;
  return {};
}

}  // namespace duet::diff::lockstep
