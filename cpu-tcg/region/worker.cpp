#include "cpu-tcg/region/worker.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "core/base/log.h"

namespace duet::tcg::region {
namespace {

constexpr std::chrono::seconds kPatience(2);  // without work, before the compiler's memory goes

bool colder(const Request& x, const Request& y) {
  return x.heat->load(std::memory_order_relaxed) < y.heat->load(std::memory_order_relaxed);
}

void answer(const Request& request, std::optional<Code> code) {
  {
    const std::lock_guard lock(request.inbox->mutex);
    request.inbox->results.push_back({request.ticket, std::move(code)});
  }
  request.inbox->ready.store(true, std::memory_order_release);
}

}  // namespace

std::shared_ptr<Worker> Worker::shared() {
  static std::mutex mutex;
  static std::weak_ptr<Worker> only;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Worker> worker = only.lock();
  if (!worker) only = worker = std::make_shared<Worker>();
  return worker;
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Worker::submit(Request request) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= kMost) {
    const auto coldest = std::ranges::min_element(queue_, colder);
    if (!colder(*coldest, request)) return false;
    answer(*coldest, std::nullopt);
    queue_.erase(coldest);
  }
  queue_.push_back(std::move(request));
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(),
                       "compiler");  // it was begun by a vCPU's, whose name it would have
  }
  wake_.notify_one();
  return true;
}

void Worker::run() {
  // Guests come first where the host's processors are busy. (Linux: a thread has a priority of its own.)
  constexpr int kNicer = 10;
  const id_t self = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + kNicer);
  auto compiler = load_();
  if (!compiler) log(LogChannel::Warn, "{}; hot code stays as it is", compiler.error().message);
  const auto isDue = [this] { return stop_ || !queue_.empty(); };
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!wake_.wait_for(lock, kPatience, isDue)) {
      lock.unlock();
      releaseCompilerMemory();
      lock.lock();
      wake_.wait(lock, isDue);
    }
    if (stop_) return;
    const auto hottest = std::ranges::max_element(queue_, colder);
    const Request request = std::move(*hottest);
    queue_.erase(hottest);
    if (!compiler) {
      answer(request, std::nullopt);
      continue;
    }
    lock.unlock();
    Code code = (*compiler)->compile(request.plan);
    if (request.cache && isAsExpected(**compiler)) request.cache->put(request.head, request.plan, code);
    answer(request, std::move(code));
    lock.lock();
  }
}

}  // namespace duet::tcg::region
