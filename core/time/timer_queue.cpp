#include "core/time/timer_queue.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "core/base/assert.h"
#include "core/base/unique_fd.h"

namespace duet {
namespace {

constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();
constexpr Nanoseconds kSecond = 1'000'000'000;

}  // namespace

struct TimerSleeper::State {
  TimerQueue& queue;
  bool asleep = false;
  Nanoseconds until = 0;  // while asleep
};

struct Timer::Node {
  std::function<void()> callback;
  Nanoseconds deadline = kNever;
  u64 sequence = 0;  // orders equal deadlines by arming
  bool armed = false;
  std::shared_ptr<TimerSleeper::State> sleeper;  // who fires it while asleep
  unsigned running = 0;                          // threads inside the callback

  bool slept() const { return sleeper && sleeper->asleep; }
  // Of this thread.
  static thread_local std::shared_ptr<TimerSleeper::State> sleeperHere;
  static thread_local const Node* runningHere;  // whose callback it is in
};

thread_local std::shared_ptr<TimerSleeper::State> Timer::Node::sleeperHere;
thread_local const Timer::Node* Timer::Node::runningHere = nullptr;

// The queue's thread waits for `alarm`, which whoever arms a timer sets: that wakes nobody.
struct TimerQueue::Impl {
  struct Earlier {
    bool operator()(const std::shared_ptr<Timer::Node>& a, const std::shared_ptr<Timer::Node>& b) const {
      return std::tie(a->deadline, a->sequence) < std::tie(b->deadline, b->sequence);
    }
  };
  explicit Impl(VirtualClock& guestTime) : clock(guestTime) {}

  VirtualClock& clock;
  mutable std::mutex mutex;
  std::condition_variable finished;  // destructors: a callback returned
  std::set<std::shared_ptr<Timer::Node>, Earlier> armed;
  UniqueFd alarm;
  Nanoseconds alarmAt = kNever;
  std::thread thread;
  bool stopping = false;
  u64 sequence = 0;

  Nanoseconds next() const { return armed.empty() ? kNever : (*armed.begin())->deadline; }
  template <class Mine>
  Nanoseconds nextOf(Mine mine) const {
    const auto first = std::find_if(armed.begin(), armed.end(), [&](const auto& n) { return mine(*n); });
    return first == armed.end() ? kNever : (*first)->deadline;
  }
  void disarm(const std::shared_ptr<Timer::Node>& node) {
    if (node->armed) armed.erase(node);
    node->armed = false;
  }
  void setAlarm();
  void ring();
  template <class Mine>
  void fireDue(std::unique_lock<std::mutex>& lock, Mine mine);
  void threadMain();
};

Timer::Timer(TimerQueue& queue, std::function<void()> callback)
    : queue_(queue), node_(std::make_shared<Node>()) {
  node_->callback = std::move(callback);
}

Timer::~Timer() {
  std::unique_lock lock(queue_.impl_->mutex);
  queue_.impl_->disarm(node_);
  const unsigned own = Node::runningHere == node_.get() ? 1 : 0;
  queue_.impl_->finished.wait(lock, [&] { return node_->running == own; });
}

void Timer::arm(Nanoseconds deadline) {
  TimerQueue::Impl& queue = *queue_.impl_;
  const std::lock_guard lock(queue.mutex);
  queue.disarm(node_);
  const auto& here = Node::sleeperHere;
  if (here && &here->queue == &queue_) node_->sleeper = here;
  // A sleeper that somebody else would have to wake for it sleeps on.
  if (node_->slept() && node_->sleeper != here && deadline < node_->sleeper->until) node_->sleeper = nullptr;
  node_->deadline = deadline;
  node_->sequence = ++queue.sequence;
  node_->armed = true;
  queue.armed.insert(node_);
  queue.setAlarm();
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

TimerSleeper::TimerSleeper(TimerQueue& queue)
    : queue_(queue), state_(std::make_shared<State>(State{queue})) {}

TimerSleeper::~TimerSleeper() { awake(); }

void TimerSleeper::adoptThread() { Timer::Node::sleeperHere = state_; }

Nanoseconds TimerSleeper::fallAsleep() {
  TimerQueue::Impl& queue = *queue_.impl_;
  const std::lock_guard lock(queue.mutex);
  state_->asleep = true;
  state_->until = queue.nextOf([this](const Timer::Node& n) { return n.sleeper == state_; });
  queue.setAlarm();
  return state_->until;
}

void TimerSleeper::fireDue() {
  std::unique_lock lock(queue_.impl_->mutex);
  queue_.impl_->fireDue(lock, [this](const Timer::Node& n) { return n.sleeper == state_; });
}

void TimerSleeper::awake() {
  const std::lock_guard lock(queue_.impl_->mutex);
  state_->asleep = false;
  queue_.impl_->setAlarm();
}

TimerQueue::TimerQueue(VirtualClock& clock) : clock_(clock), impl_(std::make_unique<Impl>(clock)) {}

TimerQueue::~TimerQueue() { stop(); }

void TimerQueue::start() {
  if (clock_.kind() == VirtualClock::Kind::Counted || impl_->thread.joinable()) return;
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->alarm) impl_->alarm = UniqueFd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  DUET_ASSERT(impl_->alarm);
  impl_->stopping = false;
  impl_->alarmAt = kNever;
  impl_->thread = std::thread([this] { impl_->threadMain(); });
  impl_->setAlarm();
}

void TimerQueue::stop() {
  if (!impl_->thread.joinable()) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    impl_->ring();
  }
  impl_->thread.join();
}

// For the first timer that is not a sleeper's.
void TimerQueue::Impl::setAlarm() {
  if (!alarm || stopping) return;
  const Nanoseconds first = nextOf([](const Timer::Node& n) { return !n.slept(); });
  if (first == std::exchange(alarmAt, first)) return;
  // A stopped clock never gets there: start() sets it again.
  constexpr Nanoseconds kLongest = 3600 * kSecond;
  const Nanoseconds left = first == kNever ? 0 : std::clamp<Nanoseconds>(first - clock.now(), 1, kLongest);
  const itimerspec when{{0, 0}, {left / kSecond, left % kSecond}};
  timerfd_settime(alarm.get(), 0, &when, nullptr);
}

void TimerQueue::Impl::ring() {
  const itimerspec now{{0, 0}, {0, 1}};
  timerfd_settime(alarm.get(), 0, &now, nullptr);
}

// Runs what is due now; timers that callbacks arm in the past wait for the next round, so a callback
// that re-arms itself at once cannot keep us here.
template <class Mine>
void TimerQueue::Impl::fireDue(std::unique_lock<std::mutex>& lock, Mine mine) {
  const u64 lastSequence = sequence;
  const Nanoseconds now = clock.now();
  for (;;) {
    const auto due = std::find_if(armed.begin(), armed.end(), [&](const auto& n) { return mine(*n); });
    if (due == armed.end() || (*due)->deadline > now || (*due)->sequence > lastSequence) return;
    const auto node = *due;
    disarm(node);
    ++node->running;
    const Timer::Node* outer = std::exchange(Timer::Node::runningHere, node.get());
    lock.unlock();
    node->callback();
    lock.lock();
    Timer::Node::runningHere = outer;
    --node->running;
    finished.notify_all();
  }
}

void TimerQueue::Impl::threadMain() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    lock.unlock();
    u64 rings = 0;
    while (read(alarm.get(), &rings, sizeof rings) < 0 && errno == EINTR) {
    }
    lock.lock();
    if (stopping) return;
    fireDue(lock, [](const Timer::Node& n) { return !n.slept(); });
    alarmAt = kNever;  // it has rung
    setAlarm();
  }
}

void TimerQueue::runDue() {
  std::unique_lock lock(impl_->mutex);
  impl_->fireDue(lock, [](const Timer::Node&) { return true; });
}

Nanoseconds TimerQueue::nextDeadline() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->next();
}

}  // namespace duet
