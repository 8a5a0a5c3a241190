#include "tools/diff/qemu/machine.h"

#include <stddef.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>

#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/engine/system_area.h"
#include "tools/diff/host/shared_layout.h"
#include "tools/diff/qemu/monitor_image.h"

namespace duet::diff::qemu {
namespace {

using Clock = std::chrono::steady_clock;

static_assert(offsetof(Control, batch) == CONTROL_BATCH && offsetof(Control, done) == CONTROL_DONE);
static_assert(offsetof(Control, ready) == CONTROL_READY && offsetof(Control, cases) == CONTROL_CASES);
static_assert(offsetof(Control, answers) == CONTROL_ANSWERS &&
              offsetof(Control, writable) == CONTROL_WRITABLE);
static_assert(offsetof(Control, started) == CONTROL_STARTED && offsetof(Control, retried) == CONTROL_RETRIED);
static_assert(offsetof(Control, cr0) == CONTROL_CR0 && offsetof(Control, cr3) == CONTROL_CR3);
static_assert(offsetof(Control, cr4) == CONTROL_CR4 && offsetof(Control, xcr0) == CONTROL_XCR0);
static_assert(offsetof(Control, efer) == CONTROL_EFER && offsetof(Control, current) == CONTROL_CURRENT);
static_assert(offsetof(Control, nextAnswer) == CONTROL_NEXT_ANSWER &&
              offsetof(Control, left) == CONTROL_LEFT);
static_assert(offsetof(Control, gdtr) == CONTROL_GDTR && offsetof(Control, idtr) == CONTROL_IDTR);
static_assert(offsetof(Control, tr) == CONTROL_TR && offsetof(Control, page) == CONTROL_PAGE);
static_assert(sizeof(WritablePage) == CONTROL_PAGE_SIZE && sizeof(Control) <= kPageSize);
static_assert(offsetof(host::Start, fsBase) == START_FS_BASE &&
              offsetof(host::Start, gsBase) == START_GS_BASE);
static_assert(offsetof(host::Start, ds) == START_DS && offsetof(host::Start, gpr) == START_GPR);
static_assert(offsetof(host::Start, patches) == START_PATCHES && offsetof(host::Start, size) == START_BYTES);
static_assert(sizeof(host::Start) == START_SIZE);
static_assert(offsetof(Answer, gpr) == ANSWER_GPR && offsetof(Answer, rip) == ANSWER_RIP);
static_assert(offsetof(Answer, cs) == ANSWER_CS && offsetof(Answer, rflags) == ANSWER_RFLAGS);
static_assert(offsetof(Answer, ss) == ANSWER_SS && offsetof(Answer, cr2) == ANSWER_CR2);
static_assert(offsetof(Answer, fsBase) == ANSWER_FS_BASE && offsetof(Answer, gsBase) == ANSWER_GS_BASE);
static_assert(offsetof(Answer, ds) == ANSWER_DS && offsetof(Answer, vector) == ANSWER_VECTOR);
static_assert(offsetof(Answer, errorCode) == ANSWER_ERROR_CODE && offsetof(Answer, pages) == ANSWER_PAGES);
static_assert(offsetof(Answer, refused) == ANSWER_REFUSED && sizeof(Answer) == ANSWER_SIZE);
static_assert(sizeof(WrittenPage) == WRITTEN_SIZE && offsetof(WrittenPage, bytes) == WRITTEN_HEADER);
static_assert(QEMU_PAGES == SystemArea::kSize && QEMU_PAGES + QEMU_MAX_PAGES * kPageSize <= 0xa0000);
static_assert(QEMU_CASES + host::kCasesSize <= QEMU_ANSWERS);
static_assert(QEMU_ORIGINALS + QEMU_MAX_PAGES * kPageSize <= QEMU_CASES);

// A case of some instructions takes microseconds, but QEMU may have to wait for a busy host; the monitor runs what an NMI
// found a second time. Code that NMIs do not reach, or a guest that never starts, costs a new process.
constexpr std::chrono::milliseconds kNmiAfter{200};
constexpr std::chrono::seconds kStuckAfter{3}, kStartPatience{30};
constexpr unsigned kLookEveryMicroseconds = 150;

constexpr u64 kSupervisor = 0x63;  // present, writable, accessed, dirty
constexpr u64 kGigabytePage = kSupervisor | 0x80;
constexpr u64 kAddressMask = 0x000ffffffffff000, kPteDirty = 0x40;
constexpr u64 kWindow = 0xffffffff80000000;  // SystemArea's linear addresses

u32 shared(const u32& value) {
  return std::atomic_ref(const_cast<u32&>(value)).load(std::memory_order_acquire);
}

template <class T>
void put(u8* at, T value) {
  std::memcpy(at, &value, sizeof value);
}
u64 get(const u8* at) {
  u64 value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// The tables the monitor rests in: the first 4 GiB where they are and at QEMU_DIRECT, SystemArea's window.
void putRestTables(u8* ram) {
  u8* top = ram + QEMU_TABLES;
  put(top, u64{QEMU_DIRECT_PDPT} | kSupervisor);
  put(top + QEMU_DIRECT_SLOT * 8, u64{QEMU_DIRECT_PDPT} | kSupervisor);
  put(top + (kWindow >> 39 & 511) * 8, u64{QEMU_LOW_PDPT} | kSupervisor);
  for (u64 gigabyte = 0; gigabyte < 4; ++gigabyte)
    put(ram + QEMU_DIRECT_PDPT + gigabyte * 8, gigabyte << 30 | kGigabytePage);
  put(ram + QEMU_LOW_PDPT + (kWindow >> 30 & 511) * 8, kGigabytePage);
}

// PUSH of the vector; JMP to the monitor by the address that follows.
void putHandlers(u8* ram) {
  constexpr u8 kCode[] = {0x6a, 0, 0xff, 0x25, 0, 0, 0, 0};
  static_assert(sizeof kCode + 8 == SystemArea::kHandlerSize);
  for (unsigned vector = 0; vector < 256; ++vector) {
    u8* at = ram + SystemArea::kHandlers + vector * SystemArea::kHandlerSize;
    std::memcpy(at, kCode, sizeof kCode);
    at[1] = static_cast<u8>(vector);
    put(at + sizeof kCode, exceptionEntry());
  }
}

// NMIs on a stack of their own: the monitor's RSP may be at a case that is to be run again.
void putNmiStack(u8* ram, const CpuState& state) {
  constexpr u64 kTssIst1 = 36, kGateIst = 4;  // SDM vol. 3 figures 8-11 and 6-8
  put(ram + (state.tr.base - kWindow) + kTssIst1, QEMU_DIRECT + u64{QEMU_NMI_STACK_TOP});
  ram[state.idtr.base - kWindow + kNmi * 16 + kGateIst] = 1;
}

void putTableRegister(u8* at, const DescriptorTableRegister& r) {
  put(at, static_cast<u16>(r.limit));
  put(at + 2, r.base);
}

bool writable(PageAccess access) {
  return access == PageAccess::ReadWrite || access == PageAccess::ReadWriteExecute;
}

}  // namespace

Result<std::unique_ptr<Machine>> Machine::create(CpuVendor vendor) {
  auto process = QemuProcess::create(vendor);
  if (!process) return tl::unexpected(process.error());
  std::unique_ptr<Machine> machine(new Machine);
  machine->process_ = std::move(*process);
  machine->setFeatures(kCr4Osxsave, kXcr0X87 | kXcr0Sse);
  if (auto ok = machine->restart(); !ok) return tl::unexpected(ok.error());
  return machine;
}

void Machine::setFeatures(u64 cr4, u64 xcr0) {
  cr4_ = cr4;
  xcr0_ = xcr0;
}

std::string Machine::setMemory(const std::shared_ptr<const Memory>& memory) {
  std::string wrong = pages_.set(memory);
  if (wrong.empty() && memory->pages.size() > QEMU_MAX_PAGES)
    wrong = fmt::format("it has more than {} pages", QEMU_MAX_PAGES);
  if (wrong.empty()) wrong = layOut();
  if (!wrong.empty()) pages_ = {};
  return wrong;
}

std::string Machine::layOut() {
  u8* ram = process_->ram();
  const Memory& memory = *pages_.memory();
  if (auto built = SystemArea::build(ram, memory); !built) return built.error().message;
  for (u64 at = 0; const Page& page : memory.pages) {
    std::memcpy(ram + QEMU_PAGES + at, page.bytes.data(), kPageSize);
    std::memcpy(ram + QEMU_ORIGINALS + at, page.bytes.data(), kPageSize);
    at += kPageSize;
  }
  putHandlers(ram);
  CpuState state = userState(World::User64);
  SystemArea::enter(state);
  putNmiStack(ram, state);
  Control& c = control();
  c.cr0 = state.cr0;
  c.cr3 = state.cr3;
  c.efer = state.msr.efer;
  putTableRegister(c.gdtr, state.gdtr);
  putTableRegister(c.idtr, state.idtr);
  c.tr = state.tr.selector;
  put(ram + state.cr3 + QEMU_DIRECT_SLOT * 8, u64{QEMU_DIRECT_PDPT} | kSupervisor);
  listWritable(memory);
  return {};
}

// Pages begin clean, so that the processor marks those that a case writes.
void Machine::listWritable(const Memory& memory) {
  u8* ram = process_->ram();
  Control& c = control();
  c.writable = 0;
  for (u64 number = 0; const Page& page : memory.pages) {
    if (writable(page.access)) {
      const u64 entry = tableEntry(page.address);
      put(ram + entry, get(ram + entry) & ~kPteDirty);
      c.page[c.writable++] = {QEMU_DIRECT + entry, page.address, number};
    }
    ++number;
  }
}

u64 Machine::tableEntry(u64 linear) const {
  u64 table = control().cr3;
  for (unsigned shift = 39;; shift -= 9) {
    const u64 entry = table + (linear >> shift & 511) * 8;
    if (shift == 12) return entry;
    table = get(process_->ram() + entry) & kAddressMask;
  }
}

u32 Machine::answered() const { return shared(control().answers); }

// Before its first batch the guest has no IDT, and looks by itself.
void Machine::wake() {
  if (shared(control().started)) process_->interrupt();
}

Machine::End Machine::run(u32 cases) {
  Control& c = control();
  c.cases = cases;
  c.answers = 0;
  c.cr4 = userState(World::User64).cr4 | cr4_;
  c.xcr0 = xcr0_;
  const u32 batch = c.batch + 1;
  std::atomic_ref(c.batch).store(batch, std::memory_order_release);
  wake();
  u32 before = 0;
  auto asked = Clock::now(), progress = asked;
  while (shared(c.done) != batch) {
    if (!process_->running()) return End::Died;
    usleep(kLookEveryMicroseconds);
    const auto now = Clock::now();
    if (const u32 answers = answered(); answers != before) {
      before = answers;
      asked = progress = now;
    } else if (now - progress > kStuckAfter) {
      return End::Stuck;
    } else if (now - asked > kNmiAfter) {
      wake();
      asked = now;
    }
  }
  return End::Done;
}

Result<> Machine::restart() {
  process_->stop();
  pages_ = {};
  control() = {};
  putRestTables(process_->ram());
  if (auto ok = process_->start(); !ok) return ok;
  const auto begun = Clock::now();
  while (!shared(control().ready)) {
    if (!process_->running()) return fail("qemu engine: QEMU ended at its start: {}", process_->lastWords());
    if (Clock::now() - begun > kStartPatience) return fail("qemu engine: the guest does not start");
    usleep(kLookEveryMicroseconds);
  }
  return {};
}

}  // namespace duet::diff::qemu
