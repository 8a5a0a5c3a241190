// One connection with a gdb: its packets in, ours out. Knows nothing of sockets or threads.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/machine/debug_target.h"
#include "ui/monitor/gdb/packet.h"
#include "ui/monitor/gdb/step_bits.h"

namespace duet::ui::gdb {

// The machine is attached (and stopped) before a session begins.
//
//   Stopped ─ c, s, vCont ─► Running ─ event() ─► Stopped
//      └──── D, k, an Ended event ────► Over: close the connection
//
// A session lives in one thread, the debugger's. Any input may come; it answers each packet within one call.
class Session {
 public:
  explicit Session(DebugTarget& target) : target_(target) {}

  void input(std::span<const u8> bytes);
  void event(const StopEvent& event);
  std::string takeOutput() { return std::exchange(output_, {}); }
  bool over() const { return state_ == State::Over; }
  // Whether gdb said goodbye: then the machine was sent on its way already.
  bool detached() const { return detached_; }

 private:
  enum class State : u8 { Stopped, Running, Over };
  // What to answer; nothing: the answer comes later, or never.
  using Reply = std::optional<std::string>;
  struct Range {  // vCont;r: steps on while RIP is in [first, last)
    u64 first = 0, last = 0;
  };

  // --- session.cpp
  void packet(std::string_view text);
  void send(std::string_view payload);
  Reply command(std::string_view text);
  Reply stoppedCommand(std::string_view text);
  Reply threadAlive(std::string_view text);
  Reply selectThread(std::string_view text);
  Reply detach();
  Reply kill(bool answer);
  std::string stopReply(const StopEvent& event) const;
  std::string watchReason(const DebugStop& stop) const;
  std::string breakReason(unsigned vcpu, const DebugStop& stop) const;
  // Eats a thread id: a vCPU, or nothing for "any" and "all".
  struct ThreadId {
    bool valid = false, every = false;
    unsigned vcpu = 0;
  };
  ThreadId takeThread(std::string_view& text) const;

  // --- session_run.cpp
  Reply resume(std::string_view text);
  Reply resumeThreads(std::string_view actions);
  Reply go(DebugMotion motion);
  bool stepsOn(const StopEvent& event);

  // --- session_data.cpp
  Reply readRegister(std::string_view text);
  Reply writeRegister(std::string_view text);
  Reply readRegisters();
  Reply writeRegisters(std::string_view hex);
  Reply writeState(const CpuState& state);
  Reply readMemory(std::string_view text, bool binary);
  Reply writeMemory(std::string_view text, bool binary);
  Reply breakpoint(std::string_view text, bool insert);
  void applyControls();

  // --- session_query.cpp
  Reply query(std::string_view text);
  Reply setting(std::string_view text);
  Reply supported(std::string_view features);
  Reply threadList() const;
  Reply threadInfo(std::string_view text);
  Reply description(std::string_view text) const;
  Reply monitor(std::string_view hex);

  DebugTarget& target_;
  State state_ = State::Stopped;
  bool detached_ = false;
  PacketReader reader_;
  std::string output_, last_;  // last_: framed, for a repeat
  bool acknowledge_ = true;
  bool namesBreaks_ = false, namesHardBreaks_ = false;  // gdb understands swbreak, hwbreak
  unsigned selected_ = 0;                               // vCPU of g, m and the like (Hg)
  std::optional<unsigned> toRun_;                       // vCPU of c and s (Hc); none: all
  StopEvent stopped_;                                   // the last one, for '?'
  bool interrupted_ = false;                            // Ctrl-C since it went on
  DebugMotion motion_;                                  // the last one
  std::map<unsigned, Range> ranges_;                    // of motion_
  bool physical_ = false;                               // memory packets mean physical addresses
  u32 stepBits_ = kStepDefault;                         // as qqemu.sstepbits lists them
  // What gdb asked for: kind of its Z packet, address, length.
  struct Point {
    u64 kind, address, length;
    auto operator<=>(const Point&) const = default;
  };
  std::set<Point> points_;
};

}  // namespace duet::ui::gdb
