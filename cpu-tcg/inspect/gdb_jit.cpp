#include "cpu-tcg/inspect/gdb_jit.h"

#include <atomic>
#include <bit>

#include "core/base/assert.h"
#include "cpu-tcg/inspect/code_name.h"

// The names, and the layout, are the debugger's: it looks for them in the program.
extern "C" {
enum JitAction : duet::u32 { kJitNoAction, kJitRegister, kJitUnregister };

struct JitCodeEntry {
  JitCodeEntry* next;
  JitCodeEntry* prev;
  const char* file;
  duet::u64 fileSize;
};

struct JitDescriptor {
  duet::u32 version;
  duet::u32 action;
  JitCodeEntry* relevant;
  JitCodeEntry* first;
};

// Where the debugger has a breakpoint.
[[gnu::noinline, gnu::used]] void __jit_debug_register_code() { asm volatile("" ::: "memory"); }
[[gnu::used]] JitDescriptor __jit_debug_descriptor = {1, kJitNoAction, nullptr, nullptr};
}

namespace duet::tcg {
namespace {

constexpr size_t kBatch = 1024;
constexpr size_t kFileSize = 128u << 10;  // of kBatch symbols with names

std::mutex descriptorMutex;

void tell(JitAction action, JitCodeEntry& entry) {
  __jit_debug_descriptor.action = action;
  __jit_debug_descriptor.relevant = &entry;
  __jit_debug_register_code();
  __jit_debug_descriptor.action = kJitNoAction;
}

}  // namespace

struct GdbJit::Batch {
  std::vector<CodeSymbol> symbols;
  std::vector<u8> file;
  JitCodeEntry entry{};
  bool known = false;

  bool takes(const CompiledCode& made) const {
    const u64 end = symbols.empty() ? 0 : symbols.back().address + symbols.back().size;
    return symbols.size() < kBatch && reinterpret_cast<u64>(made.code.data()) >= end;
  }
};

GdbJit::GdbJit() = default;
GdbJit::~GdbJit() {
  for (auto& [memory, batches] : batches_)
    for (auto& batch : batches) withdraw(*batch);
}

void GdbJit::added(const CompiledCode& made) {
  const std::lock_guard lock(mutex_);
  auto& batches = batches_[made.memory];
  if (batches.empty() || !batches.back()->takes(made)) batches.push_back(std::make_unique<Batch>());
  Batch& batch = *batches.back();
  batch.symbols.push_back({reinterpret_cast<u64>(made.code.data()), made.code.size(), codeName(made)});
  refresh(batch);
  if (!std::has_single_bit(batch.symbols.size())) return;
  withdraw(batch);
  announce(batch);
}

void GdbJit::dropped(unsigned memory) {
  const std::lock_guard lock(mutex_);
  for (auto& batch : batches_[memory]) withdraw(*batch);
  batches_[memory].clear();
}

// A debugger may stop us anywhere: the files of a batch are all of one size, so a new one takes the place of the old by one store.
void GdbJit::refresh(Batch& batch) {
  std::vector<u8> file = symbolImage(batch.symbols);
  DUET_ASSERT(file.size() <= kFileSize);
  file.resize(kFileSize);
  batch.entry.fileSize = kFileSize;
  std::atomic_ref(batch.entry.file).store(reinterpret_cast<const char*>(file.data()));
  batch.file.swap(file);
}

void GdbJit::announce(Batch& batch) {
  const std::lock_guard lock(descriptorMutex);
  JitCodeEntry& entry = batch.entry;
  entry.prev = nullptr;
  entry.next = __jit_debug_descriptor.first;
  if (entry.next) entry.next->prev = &entry;
  __jit_debug_descriptor.first = &entry;
  batch.known = true;
  tell(kJitRegister, entry);
}

void GdbJit::withdraw(Batch& batch) {
  if (!batch.known) return;
  const std::lock_guard lock(descriptorMutex);
  JitCodeEntry& entry = batch.entry;
  if (entry.prev)
    entry.prev->next = entry.next;
  else
    __jit_debug_descriptor.first = entry.next;
  if (entry.next) entry.next->prev = entry.prev;
  batch.known = false;
  tell(kJitUnregister, entry);
}

}  // namespace duet::tcg
