#include "tools/diff/qemu/answer.h"

#include <ucontext.h>

#include <cstring>
#include <vector>

#include "tools/diff/host/case_codec.h"
#include "tools/diff/host/shared_layout.h"
#include "tools/diff/qemu/machine.h"

namespace duet::diff::qemu {
namespace {

// In the order of GprIndex.
constexpr int kContextGpr[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                 REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

// The page as the case found it.
PageBytes startOf(const Case& c, const Page& page) {
  PageBytes bytes = page.bytes;
  for (const Piece& piece : c.pieces)
    for (u64 i = 0; i < piece.bytes.size(); ++i)
      if (const u64 at = piece.address + i - page.address; at < bytes.size()) bytes[at] = piece.bytes[i];
  return bytes;
}

void addChanges(const PageBytes& before, const WrittenPage& after, std::vector<host::ChangedWord>& words) {
  for (u64 at = 0; at < before.size(); at += 8) {
    host::ChangedWord w{after.number * kPageSize + at, 0, 0};
    std::memcpy(&w.before, &before[at], 8);
    std::memcpy(&w.after, &after.bytes[at], 8);
    if (w.before != w.after) words.push_back(w);
  }
}

// In the form in which the host engine's child tells an outcome.
host::OutcomeRecord asRecord(const Answer& a) {
  host::OutcomeRecord r{};
  r.ended = a.refused ? host::Ended::Refused : a.vector == kNmi ? host::Ended::Looping : host::Ended::Signal;
  for (unsigned i = 0; i < 16; ++i) r.registers[kContextGpr[i]] = a.gpr[i];
  r.registers[REG_RIP] = a.rip;
  r.registers[REG_EFL] = a.rflags;
  r.registers[REG_CSGSFS] = (a.cs & 0xffff) | (a.ss & 0xffff) << 48;
  r.registers[REG_ERR] = a.errorCode;
  r.registers[REG_TRAPNO] = a.vector;
  r.registers[REG_CR2] = a.cr2;
  r.fsBase = a.fsBase, r.gsBase = a.gsBase;
  r.ds = a.ds, r.es = a.es, r.fs = a.fs, r.gs = a.gs;
  r.stateSize = sizeof(a.xsave);
  std::memcpy(r.xsave, a.xsave, sizeof(a.xsave));
  return r;
}

}  // namespace

const u8* readAnswer(const Case& c, const host::PageTable& pages, const u8* from, const u8* end,
                     Outcome& outcome) {
  const Answer& a = *reinterpret_cast<const Answer*>(from);
  if (static_cast<u64>(end - from) < sizeof(Answer) + a.pages * sizeof(WrittenPage)) return nullptr;
  const auto* written = reinterpret_cast<const WrittenPage*>(from + sizeof(Answer));
  std::vector<host::ChangedWord> words;
  for (u32 i = 0; i < a.pages; ++i) {
    if (written[i].number >= pages.memory()->pages.size()) return nullptr;
    addChanges(startOf(c, pages.memory()->pages[written[i].number]), written[i], words);
  }
  host::OutcomeRecord record = asRecord(a);
  record.words = static_cast<u32>(words.size());
  std::vector<u8> told(sizeof(record) + words.size() * sizeof(host::ChangedWord));
  std::memcpy(told.data(), &record, sizeof(record));
  if (!words.empty())
    std::memcpy(told.data() + sizeof(record), words.data(), words.size() * sizeof(host::ChangedWord));
  if (host::decode(c, pages, told.data(), told.size(), outcome) == 0) return nullptr;
  return from + sizeof(Answer) + a.pages * sizeof(WrittenPage);
}

}  // namespace duet::diff::qemu
