// The running machine: owns vCPUs and devices through their interfaces; start, pause, reset, end.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/cpu_backend.h"
#include "core/device/device.h"
#include "core/machine/debug_target.h"
#include "core/machine/engine_switch.h"
#include "core/state/snapshot.h"
#include "core/time/timer_queue.h"

namespace duet {

enum class EndReason : u8 {
  PowerOff,     // the guest asked (ACPI S5)
  Reset,        // the guest asked for a reset or triple-faulted under -no-reboot
  Quit,         // the user asked (Ctrl-A x, signal)
  GuestStatus,  // isa-debug-exit: the status is the process's
  EngineFault,
};

struct MachineEnd {
  EndReason reason = EndReason::Quit;
  int status = 0;       // process exit status
  std::string message;  // EngineFault
};

struct MachinePolicy {
  bool noReboot = false;    // a reset ends the machine
  bool noShutdown = false;  // power-off pauses instead of ending
  bool startPaused = false;
};

// States: Stopped → (start) → Running ⇄ Paused → (end) → Stopped; Running ⇄ Asleep (S3).
// Threads: one host thread a vCPU, made by start(). The control thread calls start, runUntilEnd, pause,
// resume, save and load; requestReset and the other requests come from any thread (device callbacks
// included): they only leave a request that the control thread carries out in runUntilEnd().
// While a debugger is attached, a stopped machine goes on by its word alone.
// Lock order: control mutex, then nothing of ours; device locks are never held when it is taken for long.
class Machine {
 public:
  Machine(VirtualClock& clock, TimerQueue& timers, MachinePolicy policy);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // --- building (before start)
  void addDevice(std::unique_ptr<Device> device);  // reset and saved in this order
  void addVcpu(std::unique_ptr<Vcpu> vcpu, VcpuMailbox& mailbox);
  // The engine of the vCPUs, and where to get another one to change to; `envs` are those of the vCPUs.
  void setEngines(CpuBackend& running, std::vector<VcpuEnv> envs, FindEngine find);
  // Makes the other engine now, and changes to and fro from start() on.
  Result<> switchEvery(const SwitchPeriod& period);
  // Runs after all devices were reset: places firmware or kernel and says how each vCPU begins.
  void setBoot(std::function<Result<std::vector<CpuState>>()> boot);
  // Runs after Device::wake() of all devices, at the end of a sleep: how each vCPU begins. RAM is as it was.
  void setWake(std::function<Result<std::vector<CpuState>>()> wake);

  // --- control thread
  Result<> start();          // reset everything, boot, create threads
  MachineEnd runUntilEnd();  // serves requests until the machine ends; threads are joined on return
  void pause();              // returns when every vCPU is parked and the clock stands
  void resume();
  bool paused() const;
  Result<Snapshot> save();         // while paused: vCPUs and devices (RAM travels beside it)
  Result<> load(const Snapshot&);  // while paused; all or nothing
  // The guest goes on under the other engine, from the instruction boundaries it has reached: running, halted, asleep or
  // paused as before. Guest time stands still meanwhile. When the other engine refuses a state, nothing has changed.
  Result<> switchEngine();
  SwitchTimes switchTimes() const;  // also after the end

  // --- any thread
  void requestReset();
  void requestEnd(MachineEnd end);  // the first one counts
  void requestPowerOff();
  // ACPI S3: the vCPUs stop, at once the one that asks; time and timers go on until requestWake().
  void requestSleep();
  void requestWake();
  void requestPauseToggle();
  void requestSwitchEngine();  // a refusal is logged
  // Runs `work` on the control thread and waits for it; from any thread but that one, and from no device callback.
  // False: the machine has ended, and it did not run.
  bool call(const std::function<void()>& work);

  // --- control thread: a debugger (debug_target.h says what is meant; MachineDebugger makes the calls)
  void attachDebugger(DebugTarget::Listener listener);
  void detachDebugger(bool goOn);
  void stopForDebugger();
  void go(const DebugMotion& motion);                            // while paused
  void setDebugControls(const DebugControls& controls);          // while paused
  Vcpu& vcpu(size_t index);                                      // while paused
  Result<> writeVcpuState(size_t index, const CpuState& state);  // while paused

  size_t vcpuCount() const { return vcpus_.size(); }

 private:
  class VcpuThread;
  struct PendingCall {
    const std::function<void()>* work;
    bool done = false, ran = false;
  };
  struct Requests {
    bool reset = false, pauseToggle = false, powerOff = false, debugStop = false, sleep = false, wake = false;
    bool switchEngine = false;
    std::optional<MachineEnd> end;
    std::vector<PendingCall*> calls;
    bool any() const {
      return reset || pauseToggle || powerOff || debugStop || sleep || wake || switchEngine || end ||
             !calls.empty();
    }
  };

  void serveCalls(Requests& requests);
  void endCalls();
  void serveReset(std::optional<MachineEnd>& end);
  void serveSleep(const Requests& requests, std::optional<MachineEnd>& end);
  void servePauseToggle();
  // --- the other engine (machine_switch.cpp)
  Result<> checkSwitchable() const;
  void serveSwitch();
  Result<> handOver();
  Result<> makeOtherVcpus();
  Result<> loadOther(const std::vector<CpuState>& states);
  void goOnAfterSwitch(const std::vector<VcpuMotion>& motions, bool clockRan);
  void beginSwitchPeriod();

  void noteDebugStop();  // any thread: a vCPU has stopped for the debugger
  void serveDebugStop();
  bool reportUnseenStop();
  void reportStop();

  using StartStates = std::function<Result<std::vector<CpuState>>()>;

  Result<> resetAll();
  Result<> startVcpus(const StartStates& start);
  void fallAsleep();
  void passTimeAsleep();
  Result<> wakeUp();
  void startThreads();
  void joinThreads();
  void stopClock();
  void startClock();

  VirtualClock& clock_;
  TimerQueue& timers_;
  MachinePolicy policy_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<std::unique_ptr<VcpuThread>> vcpus_;
  std::unique_ptr<EngineSwitch> engines_;
  StartStates boot_, wake_;
  bool paused_ = true;              // control thread only
  bool asleep_ = false;             // control thread only: a resume() does not let the vCPUs run
  DebugTarget::Listener listener_;  // of the attached debugger; control thread only
  DebugControls controls_;          // control thread only

  std::mutex requestMutex_;
  std::condition_variable requestArrived_, callDone_;
  Requests requests_;
  bool ended_ = false;
};

}  // namespace duet
