#include "core/machine/machine_debugger.h"

#include <algorithm>

namespace duet {
namespace {

// Cuts [address, +length) at page ends and calls piece(physical, done, n) for each; stops where one says false or has no
// page. Gives how many bytes were done.
template <class Piece>
size_t forEachPage(Vcpu& vcpu, LinearAddr address, size_t length, Piece piece) {
  size_t done = 0;
  while (done < length) {
    const LinearAddr at = address + done;
    const size_t n = std::min<size_t>(length - done, kPageSize - at.pageOffset());
    const auto physical = vcpu.translate(at);
    if (!physical || !piece(*physical, done, n)) break;
    done += n;
  }
  return done;
}

}  // namespace

bool MachineDebugger::whileStopped(const std::function<void()>& work) {
  bool done = false;
  machine_.call([&] {
    if (!machine_.paused()) return;
    work();
    done = true;
  });
  return done;
}

unsigned MachineDebugger::vcpuCount() const { return static_cast<unsigned>(machine_.vcpuCount()); }

bool MachineDebugger::attach(Listener listener) {
  return machine_.call([&] { machine_.attachDebugger(std::move(listener)); });
}

void MachineDebugger::detach(bool goOn) {
  machine_.call([&] { machine_.detachDebugger(goOn); });
}

void MachineDebugger::stop() {
  machine_.call([&] { machine_.stopForDebugger(); });
}

void MachineDebugger::go(const DebugMotion& motion) {
  whileStopped([&] { machine_.go(motion); });
}

// Waits for it: the first call may still go before the request, the second cannot.
void MachineDebugger::reset() {
  machine_.requestReset();
  machine_.call([] {});
  machine_.call([] {});
}

void MachineDebugger::end() { machine_.requestEnd({EndReason::Quit, 0, {}}); }

void MachineDebugger::setControls(const DebugControls& controls) {
  whileStopped([&] { machine_.setDebugControls(controls); });
}

CpuState MachineDebugger::readState(unsigned vcpu) {
  CpuState state;
  whileStopped([&] { machine_.vcpu(vcpu).saveState(state); });
  return state;
}

Result<> MachineDebugger::writeState(unsigned vcpu, const CpuState& state) {
  Result<> result = fail("the machine does not stand still");
  whileStopped([&] { result = machine_.writeVcpuState(vcpu, state); });
  return result;
}

size_t MachineDebugger::readLinear(unsigned vcpu, LinearAddr address, std::span<u8> out) {
  size_t done = 0;
  whileStopped([&] {
    done = forEachPage(machine_.vcpu(vcpu), address, out.size(), [&](Gpa physical, size_t at, size_t n) {
      return memory_.read(physical, out.subspan(at, n));
    });
  });
  return done;
}

bool MachineDebugger::writeLinear(unsigned vcpu, LinearAddr address, std::span<const u8> data) {
  bool written = false;
  whileStopped([&] {
    Vcpu& through = machine_.vcpu(vcpu);
    const auto writable = [&](Gpa physical, size_t, size_t n) {
      return memory_.hostPointer(physical, n, true) != nullptr;
    };
    const auto write = [&](Gpa physical, size_t at, size_t n) {
      return memory_.write(physical, data.subspan(at, n));
    };
    written = forEachPage(through, address, data.size(), writable) == data.size() &&
              forEachPage(through, address, data.size(), write) == data.size();
  });
  return written;
}

size_t MachineDebugger::readPhysical(Gpa address, std::span<u8> out) {
  size_t done = 0;
  whileStopped([&] {
    while (done < out.size()) {
      const Gpa at = address + done;
      const size_t n = std::min<size_t>(out.size() - done, kPageSize - at.pageOffset());
      if (!memory_.read(at, out.subspan(done, n))) break;
      done += n;
    }
  });
  return done;
}

bool MachineDebugger::writePhysical(Gpa address, std::span<const u8> data) {
  bool written = false;
  whileStopped([&] {
    if (memory_.hostPointer(address, data.size(), true)) written = memory_.write(address, data);
  });
  return written;
}

}  // namespace duet
