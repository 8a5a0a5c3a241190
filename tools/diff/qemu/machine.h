// The guest: its memory as the monitor wants it, and batches of cases carried out in it.
#pragma once

#include <memory>
#include <string>

#include "tools/diff/case/case.h"
#include "tools/diff/host/page_table.h"
#include "tools/diff/qemu/monitor_layout.h"
#include "tools/diff/qemu/qemu_process.h"

namespace duet::diff::qemu {

struct WritablePage {
  u64 entry;   // direct linear address of its page table entry
  u64 linear;  // where user code has it
  u64 number;  // in Memory
};

// What both sides tell each other. The guest reads and writes it while this process does.
struct Control {
  // `batch` from the engine, `done` from the guest: equal when the guest rests. `answers`: cases of the batch that are done.
  u32 batch, done, ready, cases, answers, writable;
  u32 started, retried;  // the guest's own
  u64 cr0, cr3, cr4, xcr0, efer;
  u64 current, nextAnswer, left;  // the guest's own
  u8 gdtr[16], idtr[16];          // limit and base as LGDT takes them
  u16 tr;
  alignas(64) WritablePage page[QEMU_MAX_PAGES];
};

// What became of a case; `pages` written ones follow.
struct alignas(64) Answer {
  u8 xsave[832];
  u64 gpr[16];
  u64 rip, cs, rflags, ss, cr2, fsBase, gsBase;
  u16 ds, es, fs, gs;
  u32 vector, errorCode;
  u32 pages;
  u32 refused;  // the monitor's own instruction raised it: the processor takes no such start state
};

struct WrittenPage {
  u64 number;
  u8 reserved[WRITTEN_HEADER - 8];
  PageBytes bytes;
};

inline constexpr u32 kNmi = 2;

class Machine {
 public:
  static Result<std::unique_ptr<Machine>> create(CpuVendor vendor);

  // What is wrong with a memory for this engine; empty: nothing. Then its cases can be put into batches.
  std::string setMemory(const std::shared_ptr<const Memory>& memory);
  const host::PageTable& pages() const { return pages_; }
  // CR4 and XCR0 of the cases from now on.
  void setFeatures(u64 cr4, u64 xcr0);

  u8* cases() { return process_->ram() + QEMU_CASES; }  // host::Start and patches, one after the other
  const u8* answers() const { return process_->ram() + QEMU_ANSWERS; }
  u32 answered() const;

  enum class End : u8 { Done, Stuck, Died };
  // Runs the batch. After Stuck and Died the case number answered() is the one to blame, and restart() must come next.
  End run(u32 cases);
  std::string whyDied() { return process_->lastWords(); }
  Result<> restart();

 private:
  Machine() = default;
  Control& control() const { return *reinterpret_cast<Control*>(process_->ram() + QEMU_CONTROL); }
  std::string layOut();
  void listWritable(const Memory& memory);
  u64 tableEntry(u64 linear) const;
  void wake();

  std::unique_ptr<QemuProcess> process_;
  host::PageTable pages_;
  u64 cr4_ = 0, xcr0_ = 0;
};

}  // namespace duet::diff::qemu
