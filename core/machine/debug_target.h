// A machine as a debugger sees it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/cpu_state.h"
#include "core/cpu/debug.h"

namespace duet {

// Why the machine stands still, or that it is no more.
struct StopEvent {
  enum class Kind : u8 {
    Paused,  // somebody asked: the debugger, the user
    Debug,   // `stop` says what `vcpu` came upon
    Ended,   // the machine is over; `status` is the process's
  };
  Kind kind = Kind::Paused;
  unsigned vcpu = 0;
  DebugStop stop;
  int status = 0;
};

// What one vCPU does when the machine goes on.
enum class VcpuMotion : u8 { Stay, Run, Step };

struct DebugMotion {
  std::vector<VcpuMotion> vcpus;  // one each
  StepEvents stepEvents = StepEvents::HoldBack;
  bool clockDuringSteps = true;  // false: guest time passes only while a vCPU runs
};

// One debugger at a time. Threads: all methods from the debugger's one thread; each is carried out at once and waits
// for the machine. The listener is called on a thread of the machine's and may only leave a note.
// While a debugger is attached only it makes a stopped machine go on. Everything but attach, detach, stop, reset and
// end needs a stopped machine and does nothing (or fails) on a running or ended one.
class DebugTarget {
 public:
  using Listener = std::function<void(const StopEvent&)>;
  virtual ~DebugTarget() = default;

  virtual unsigned vcpuCount() const = 0;
  // Stops the machine, without an event. False: it has ended.
  virtual bool attach(Listener listener) = 0;
  // Takes all breakpoints away. A stopped machine stays stopped unless `goOn`.
  virtual void detach(bool goOn) = 0;

  // An event follows, unless it stands already.
  virtual void stop() = 0;
  // An event follows sooner or later. A vCPU that a stop event showed at a breakpoint first gets past it. With
  // nothing to move, and after a watchpoint that was not reported yet, the event follows at once.
  virtual void go(const DebugMotion& motion) = 0;
  virtual void reset() = 0;  // a stopped machine stays so, with its breakpoints
  virtual void end() = 0;    // as if the user had left

  // Replaces breakpoints and watchpoints of all vCPUs.
  virtual void setControls(const DebugControls& controls) = 0;
  virtual CpuState readState(unsigned vcpu) = 0;
  virtual Result<> writeState(unsigned vcpu, const CpuState& state) = 0;

  // Memory by a vCPU's linear addresses, whatever their rights, or by physical ones. RAM and ROM alone: devices are
  // never touched. Reading gives how many bytes from the start could be read; writing is RAM alone, all or nothing.
  virtual size_t readLinear(unsigned vcpu, LinearAddr address, std::span<u8> out) = 0;
  virtual bool writeLinear(unsigned vcpu, LinearAddr address, std::span<const u8> data) = 0;
  virtual size_t readPhysical(Gpa address, std::span<u8> out) = 0;
  virtual bool writePhysical(Gpa address, std::span<const u8> data) = 0;
};

}  // namespace duet
