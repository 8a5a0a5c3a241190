#include "core/time/timer_queue.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

namespace duet {
namespace {
constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();
}

struct Timer::Node {
  std::function<void()> callback;
  Nanoseconds deadline = kNever;
  u64 sequence = 0;  // orders equal deadlines by arming
  bool armed = false;
  std::thread::id runningOn{};  // thread inside the callback, if any
};

struct TimerQueue::Impl {
  struct Earlier {
    bool operator()(const std::shared_ptr<Timer::Node>& a, const std::shared_ptr<Timer::Node>& b) const {
      return std::tie(a->deadline, a->sequence) < std::tie(b->deadline, b->sequence);
    }
  };
  mutable std::mutex mutex;
  std::condition_variable wake;      // the thread: a new earliest deadline, or stop
  std::condition_variable finished;  // destructors: a callback returned
  std::set<std::shared_ptr<Timer::Node>, Earlier> armed;
  std::thread thread;
  bool stopping = false;
  u64 sequence = 0;

  Nanoseconds next() const { return armed.empty() ? kNever : (*armed.begin())->deadline; }
  void disarm(const std::shared_ptr<Timer::Node>& node) {
    if (node->armed) armed.erase(node);
    node->armed = false;
  }
  void fireDue(std::unique_lock<std::mutex>& lock, Nanoseconds now);
  void threadMain(VirtualClock& clock);
};

Timer::Timer(TimerQueue& queue, std::function<void()> callback)
    : queue_(queue), node_(std::make_shared<Node>()) {
  node_->callback = std::move(callback);
}

Timer::~Timer() {
  std::unique_lock lock(queue_.impl_->mutex);
  queue_.impl_->disarm(node_);
  queue_.impl_->finished.wait(lock, [&] {
    return node_->runningOn == std::thread::id{} || node_->runningOn == std::this_thread::get_id();
  });
}

void Timer::arm(Nanoseconds deadline) {
  std::lock_guard lock(queue_.impl_->mutex);
  queue_.impl_->disarm(node_);
  const Nanoseconds earliest = queue_.impl_->next();
  node_->deadline = deadline;
  node_->sequence = ++queue_.impl_->sequence;
  node_->armed = true;
  queue_.impl_->armed.insert(node_);
  if (deadline < earliest) queue_.impl_->wake.notify_one();
}

void Timer::cancel() {
  std::lock_guard lock(queue_.impl_->mutex);
  queue_.impl_->disarm(node_);
}

bool Timer::armed() const {
  std::lock_guard lock(queue_.impl_->mutex);
  return node_->armed;
}

Nanoseconds Timer::deadline() const {
  std::lock_guard lock(queue_.impl_->mutex);
  return node_->deadline;
}

TimerQueue::TimerQueue(VirtualClock& clock) : clock_(clock), impl_(std::make_unique<Impl>()) {}

TimerQueue::~TimerQueue() { stop(); }

void TimerQueue::start() {
  if (clock_.kind() == VirtualClock::Kind::Counted || impl_->thread.joinable()) return;
  impl_->stopping = false;
  impl_->thread = std::thread([this] { impl_->threadMain(clock_); });
}

void TimerQueue::stop() {
  if (!impl_->thread.joinable()) return;
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

// Runs what is due now; timers that callbacks arm in the past wait for the next round, so a callback
// that re-arms itself at once cannot keep us here.
void TimerQueue::Impl::fireDue(std::unique_lock<std::mutex>& lock, Nanoseconds now) {
  const u64 lastSequence = sequence;
  while (!armed.empty()) {
    auto node = *armed.begin();
    if (node->deadline > now || node->sequence > lastSequence) return;
    disarm(node);
    node->runningOn = std::this_thread::get_id();
    lock.unlock();
    node->callback();
    lock.lock();
    node->runningOn = {};
    finished.notify_all();
  }
}

void TimerQueue::Impl::threadMain(VirtualClock& clock) {
  std::unique_lock lock(mutex);
  while (!stopping) {
    const Nanoseconds deadline = next();
    if (deadline == kNever) {
      wake.wait(lock);
      continue;
    }
    const Nanoseconds left = deadline - clock.now();
    if (left > 0) {
      // A stopped clock never gets there: start() wakes us by stop/start of the queue.
      constexpr Nanoseconds kLongest = 3'600'000'000'000;
      wake.wait_for(lock, std::chrono::nanoseconds(std::min(left, kLongest)));
      continue;
    }
    fireDue(lock, clock.now());
  }
}

void TimerQueue::runDue() {
  std::unique_lock lock(impl_->mutex);
  impl_->fireDue(lock, clock_.now());
}

Nanoseconds TimerQueue::nextDeadline() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->next();
}

}  // namespace duet
