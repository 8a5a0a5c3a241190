// A hostile gdb: any packets and raw bytes between them, while the machine stops, steps and ends as it likes.
#include <algorithm>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"
#include "tests/unit/gdb/fake_target.h"
#include "ui/monitor/gdb/session.h"

namespace {

using namespace duet;
using ui::gdb::Session;

// A record a line. Its first byte: 1 the rest is sent as it is; 2 to 5 the machine has something to say; else the
// line is a packet, framed properly so that its meaning is reached.
class Conversation {
 public:
  void record(std::string_view line) {
    const char kind = line.empty() ? '\0' : line.front();
    if (kind == 1) return send(line.substr(1));
    if (kind >= 2 && kind <= 5) return say(kind, line.size() > 1 ? static_cast<u8>(line[1]) : 0);
    send(ui::gdb::frame(line));
  }

 private:
  void send(std::string_view bytes) {
    session_.input({reinterpret_cast<const u8*>(bytes.data()), bytes.size()});
    check(session_.takeOutput());
  }
  void say(char kind, u8 detail) {
    StopEvent event;
    event.vcpu = detail & 1;
    event.stop.address = LinearAddr(u64{detail} << 8);
    event.stop.kind = static_cast<WatchKind>(detail % 3);
    if (kind == 3) event.kind = StopEvent::Kind::Ended;
    if (kind >= 4) event.kind = StopEvent::Kind::Debug;
    event.stop.cause = kind == 4 ? DebugStop::Cause::Step : static_cast<DebugStop::Cause>(1 + detail % 3);
    session_.event(event);
    check(session_.takeOutput());
  }
  // Output is acknowledgements and whole packets of at most the size we promise.
  static void check(std::string_view out) {
    while (!out.empty()) {
      if (out.front() == '+' || out.front() == '-') {
        out.remove_prefix(1);
        continue;
      }
      const size_t end = out.find('#');
      FUZZ_CHECK(out.front() == '$' && end != std::string_view::npos && end + 3 <= out.size());
      const std::string_view payload = out.substr(1, end - 1);
      FUZZ_CHECK(payload.size() <= ui::gdb::kMaxPacket);
      FUZZ_CHECK(ui::gdb::frame(payload) == out.substr(0, end + 3));
      out.remove_prefix(end + 3);
    }
  }

  test::FakeTarget target_;
  Session session_{target_};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  Conversation conversation;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    conversation.record(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}
