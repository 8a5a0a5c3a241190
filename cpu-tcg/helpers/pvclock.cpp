#include "cpu-tcg/helpers/pvclock.h"

#include <atomic>
#include <cstring>

#include "cpu-tcg/runtime/guest_access.h"

namespace duet::tcg {
namespace {

constexpr i64 kSecond = 1'000'000'000;
enum ClockFlag : u8 { kTscStable = 1, kGuestStopped = 2 };

// An x86 host keeps the order of stores; the compiler must, too.
void orderStores() { std::atomic_signal_fence(std::memory_order_seq_cst); }

// Odd while it lives. What was there before may be anything.
class Update {
 public:
  explicit Update(u8* version) : version_(version), number_(guestLoad<u32>(version) | 1) {
    guestStore<u32>(version_, number_);
    orderStores();
  }
  ~Update() {
    orderStores();
    guestStore<u32>(version_, number_ + 1);
  }
  Update(const Update&) = delete;
  Update& operator=(const Update&) = delete;

 private:
  u8* const version_;
  const u32 number_;
};

}  // namespace

void writeClockPage(u8* area, const ClockPage& page) {
  const Update update(area);
  const u8 kept = guestLoad<u8>(area + 29) & kGuestStopped;
  guestStore<u64>(area + 8, page.line.tsc);
  guestStore<u64>(area + 16, page.line.time);
  guestStore<u32>(area + 24, page.scale.multiplier);
  guestStore<u8>(area + 28, static_cast<u8>(page.scale.shift));
  guestStore<u8>(area + 29,
                 static_cast<u8>(kept | (page.stable ? kTscStable : 0) | (page.stopped ? kGuestStopped : 0)));
}

void writeWallClock(u8* area, u64 time) {
  const Update update(area);
  guestStore<u32>(area + 4, static_cast<u32>(time / kSecond));
  guestStore<u32>(area + 8, static_cast<u32>(time % kSecond));
}

void beginStealTime(u8* area) {
  const Update update(area + 8);
  guestStore<u8>(area + 16, 0);
}

bool writePageReady(u8* area, u32 token) {
  if (guestLoad<u32>(area + 4) != 0) return false;
  guestStore<u32>(area + 4, token);
  return true;
}

void writeClockPairing(u8* area, i64 calendar, u64 tsc) {
  std::memset(area, 0, kClockPairingSize);
  guestStore<u64>(area, static_cast<u64>(calendar / kSecond));
  guestStore<u64>(area + 8, static_cast<u64>(calendar % kSecond));
  guestStore<u64>(area + 16, tsc);
}

}  // namespace duet::tcg
