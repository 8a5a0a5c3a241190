#include "ui/monitor/gdb/session.h"

#include <fmt/format.h>

#include "ui/monitor/gdb/replies.h"

namespace duet::ui::gdb {

void Session::input(std::span<const u8> bytes) {
  using Event = PacketReader::Event;
  for (const u8 byte : bytes) {
    if (over()) return;
    switch (reader_.push(byte)) {
      case Event::None:
        break;
      case Event::Packet:
        if (acknowledge_) output_ += '+';
        packet(reader_.packet());
        break;
      case Event::BadChecksum:  // without acknowledgements nobody would repeat it, and checksums mean nothing
        if (acknowledge_)
          output_ += '-';
        else
          packet(reader_.packet());
        break;
      case Event::TooLong:
        if (acknowledge_) output_ += '+';
        send(kTooBig);
        break;
      case Event::Interrupt:
        if (state_ != State::Running) break;
        interrupted_ = true;
        target_.stop();
        break;
      case Event::Resend:  // but not as often as somebody says so in one breath
        if (acknowledge_ && output_.size() < kMaxPacket) output_ += last_;
        break;
    }
  }
}

void Session::event(const StopEvent& event) {
  if (over()) return;
  if (event.kind == StopEvent::Kind::Ended) {
    if (state_ == State::Running) send(fmt::format("W{:02x}", event.status & 0xff));
    state_ = State::Over;
    return;
  }
  if (state_ != State::Running || stepsOn(event)) return;
  state_ = State::Stopped;
  stopped_ = event;
  if (event.kind == StopEvent::Kind::Debug) selected_ = event.vcpu;
  stopped_.vcpu = selected_;
  send(stopReply(stopped_));
}

void Session::packet(std::string_view text) {
  if (const Reply reply = command(text)) send(*reply);
}

void Session::send(std::string_view payload) {
  last_ = frame(payload);
  output_ += last_;
}

Session::Reply Session::command(std::string_view text) {
  if (text.empty()) return kUnknown;
  if (state_ == State::Running && text.front() != 'D' && text.front() != 'k') return kBusy;
  return stoppedCommand(text);
}

Session::Reply Session::stoppedCommand(std::string_view text) {
  const char letter = text.front();
  const std::string_view rest = text.substr(1);
  switch (letter) {
    case '?':
      return stopReply(stopped_);
    case 'c':
    case 'C':
    case 's':
    case 'S':
      return resume(text);
    case 'D':
      return detach();
    case 'g':
      return readRegisters();
    case 'G':
      return writeRegisters(rest);
    case 'H':
      return selectThread(rest);
    case 'k':
      return kill(false);
    case 'm':
      return readMemory(rest, false);
    case 'M':
      return writeMemory(rest, false);
    case 'p':
      return readRegister(rest);
    case 'P':
      return writeRegister(rest);
    case 'q':
      return query(rest);
    case 'Q':
      return setting(rest);
    case 'T':
      return threadAlive(rest);
    case 'v':
      if (rest == "Cont?") return "vCont;c;C;s;S;t;r";
      if (rest.starts_with("Cont;")) return resumeThreads(rest.substr(5));
      return rest.starts_with("Kill") ? kill(true) : kUnknown;
    case 'x':
      return readMemory(rest, true);
    case 'X':
      return writeMemory(rest, true);
    case 'z':
    case 'Z':
      return breakpoint(rest, letter == 'Z');
    default:
      return kUnknown;
  }
}

// Threads are vCPUs, counted from one. "pPROCESS." before it is let pass: there is one process.
Session::ThreadId Session::takeThread(std::string_view& text) const {
  if (take(text, "p")) {
    if (!take(text, "-1") && !takeHex(text)) return {};
    if (!take(text, ".")) return {.valid = true, .every = true};
  }
  if (take(text, "-1")) return {.valid = true, .every = true};
  const auto number = takeHex(text);
  if (!number || *number > target_.vcpuCount()) return {};
  if (*number == 0) return {.valid = true, .every = true};
  return {.valid = true, .vcpu = static_cast<unsigned>(*number - 1)};
}

Session::Reply Session::threadAlive(std::string_view text) {
  const ThreadId id = takeThread(text);
  return id.valid && !id.every ? kOk : kBad;
}

Session::Reply Session::selectThread(std::string_view text) {
  if (text.empty()) return kBad;
  const char use = text.front();
  text.remove_prefix(1);
  const ThreadId id = takeThread(text);
  if (!id.valid) return kBad;
  if (use == 'c') {
    toRun_ = id.every ? std::nullopt : std::optional(id.vcpu);
  } else if (use != 'g') {
    return kBad;
  } else if (!id.every) {
    selected_ = id.vcpu;
  }
  return kOk;
}

Session::Reply Session::detach() {
  target_.detach(true);
  detached_ = true;
  state_ = State::Over;
  return kOk;
}

Session::Reply Session::kill(bool answer) {
  target_.end();
  state_ = State::Over;
  return answer ? Reply(kOk) : std::nullopt;
}

std::string Session::stopReply(const StopEvent& event) const {
  if (event.kind != StopEvent::Kind::Debug) return fmt::format("T02thread:{:x};", event.vcpu + 1);
  std::string reason;
  if (event.stop.cause == DebugStop::Cause::Watchpoint) reason = watchReason(event.stop);
  if (event.stop.cause == DebugStop::Cause::Breakpoint) reason = breakReason(event.vcpu, event.stop);
  return fmt::format("T05thread:{:x};{}", event.vcpu + 1, reason);
}

std::string Session::watchReason(const DebugStop& stop) const {
  constexpr const char* kWords[] = {"watch", "rwatch", "awatch"};
  return fmt::format("{}:{:x};", kWords[static_cast<unsigned>(stop.kind)], stop.address.value);
}

// gdb compares the breakpoints it knows with $rip. Where that is not the address (a CS base), it had better not hear
// that it was one of its own, or it goes on without a word.
std::string Session::breakReason(unsigned vcpu, const DebugStop& stop) const {
  if (target_.readState(vcpu).rip != stop.address.value) return {};
  const bool soft = points_.count({0, stop.address.value, 1}) != 0;
  if (soft) return namesBreaks_ ? "swbreak:;" : "";
  return namesHardBreaks_ ? "hwbreak:;" : "";
}

}  // namespace duet::ui::gdb
