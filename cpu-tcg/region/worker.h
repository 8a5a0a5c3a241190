// The thread that compiles regions while the guest runs on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cpu-tcg/cache/code_cache.h"
#include "cpu-tcg/plan/plan.h"
#include "cpu-tcg/region/module.h"

namespace duet::tcg::region {

// What one vCPU waits for. The worker puts results in; the vCPU looks at `ready` without a lock.
struct Inbox {
  struct Result {
    u64 ticket;
    std::optional<Code> code;  // none: hotter requests came first, it was dropped
  };
  std::atomic<bool> ready = false;
  std::mutex mutex;
  std::vector<Result> results;
};

// Samples of the code that a request is about. Whoever asked goes on counting while the request waits: what has gone cold meanwhile
// (its process has ended) is passed by what runs now.
using Heat = std::atomic<u32>;

struct Request {
  Plan plan;
  u64 ticket = 0;
  std::shared_ptr<const Heat> heat;  // the hottest comes first
  std::shared_ptr<Inbox> inbox;
  std::shared_ptr<cache::CodeCache> cache;  // where the code is kept, too, or null
  u64 head = 0;                             // CodeCache::headOf()
};

// One for all vCPUs; it and its thread live as long as one of them. The compiler is loaded with the first request; when that fails, a
// line says so and requests are dropped.
class Worker {
 public:
  using Load = Result<std::unique_ptr<Compiler>> (*)();
  static std::shared_ptr<Worker> shared();
  explicit Worker(Load load = loadCompiler) : load_(load) {}
  ~Worker();

  static constexpr size_t kMost = 16;
  // False: the queue is full of hotter ones. It may drop a colder one for this.
  bool submit(Request request);

 private:
  void run();

  Load load_;
  std::mutex mutex_;  // before an inbox's
  std::condition_variable wake_;
  std::vector<Request> queue_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace duet::tcg::region
