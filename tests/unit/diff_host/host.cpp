#include "tests/unit/diff_host/host.h"

#include <fmt/format.h>

#include <cstdlib>

#include "tools/diff/host/host_engine.h"

namespace duet::diff::test {
namespace {

Page makePage(u64 address, PageAccess access, bool code) {
  Page page;
  page.address = address;
  page.access = access;
  for (size_t i = 0; i < page.bytes.size(); ++i) page.bytes[i] = code ? 0xcc : static_cast<u8>(i);
  return page;
}

}  // namespace

std::shared_ptr<const Memory> testMemory() {
  static const auto memory = [] {
    auto m = std::make_shared<Memory>();
    m->pages = {makePage(kCode, PageAccess::ReadExecute, true),
                makePage(kData, PageAccess::ReadWrite, false),
                makePage(kData + 0x1000, PageAccess::ReadWrite, false),
                makePage(kReadOnly, PageAccess::Read, false),
                makePage(kWritableCode, PageAccess::ReadWriteExecute, true),
                makePage(kTls, PageAccess::ReadWrite, false),
                makePage(kTls + 0x1000, PageAccess::ReadWrite, false)};
    return m;
  }();
  return memory;
}

Engine& host() {
  static const std::unique_ptr<Engine> engine = [] {
    auto made = makeHostEngine();
    if (made) return std::move(*made);
    fmt::print(stderr, "{}\n", made.error().message);
    std::exit(1);
  }();
  return *engine;
}

Case makeCase(World world, const Bytes& code, const Change& change, u64 address) {
  Case c;
  c.world = world;
  c.memory = testMemory();
  c.start = userState(world);
  c.start.rip = address;
  c.start.gpr[kRsp] = kData + 0x1800;
  if (!code.empty()) c.pieces.push_back({address, code});
  if (change) change(c);
  return c;
}

Outcome run(const Case& c) {
  Outcome outcome;
  const auto ok = host().run({&c, 1}, {&outcome, 1});
  if (!ok) outcome.why = "engine gone: " + ok.error().message;
  return outcome;
}

std::string say(const Outcome& outcome) {
  static constexpr const char* kNames[] = {"DE", "DB", "NMI", "BP", "OF", "BR", "UD", "NM", "DF", "9",
                                           "TS", "NP", "SS",  "GP", "PF", "15", "MF", "AC", "MC", "XM"};
  if (outcome.ending == Ending::Steps) return "endless";
  if (outcome.ending != Ending::Exception) return "not run: " + outcome.why;
  const RaisedException& e = outcome.exception;
  std::string s =
      e.vector < std::size(kNames) ? fmt::format("#{}", kNames[e.vector]) : fmt::format("#{}", e.vector);
  if (e.hasErrorCode) s += fmt::format("({:x})", e.errorCode);
  s += fmt::format(" at {:x}", outcome.after.rip);
  if (e.vector == kExcPF) s += fmt::format(", CR2 {:x}", outcome.after.cr2);
  return s;
}

std::string ranThrough(size_t codeSize) { return fmt::format("#BP at {:x}", kCode + codeSize + 1); }

}  // namespace duet::diff::test
