// Reads the guest's clocks without pause, on each processor in turn, until SIGTERM: the time stamp counter,
// CLOCK_MONOTONIC, the ACPI timer, and the HPET where the kernel lets programs have it. None may go back, also not from one
// processor to the next, and none may jump against CLOCK_MONOTONIC. Counts the ticks of a 10 ms timer. With the argument
// "noports" it lets the ACPI timer be.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 10000000
#define PM_HZ 3579545
#define PM_MASK 0xffffff  // the timer has at least 24 bits
#define PER_BURST 20

static volatile sig_atomic_t done;
static unsigned long readings, back, jumps, bursts, ticks;

static void stop(int number) {
  (void)number;
  done = 1;
}

static int64_t monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t tsc(void) {
  uint32_t low, high;
  __asm__ volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high)::"memory");
  return (uint64_t)high << 32 | low;
}

// A counter beside CLOCK_MONOTONIC: its time lies `ahead` of that clock's, known to within the time that reading takes.
struct beside {
  const char* name;
  double ns_per_count;
  uint64_t mask, last, total;
  int64_t low, high, at;  // bounds of `ahead` when it was last read, and when that was
  int started;
};

static void look(struct beside* c, uint64_t (*read)(void)) {
  const int64_t before = monotonic();
  const uint64_t now = read();
  const int64_t after = monotonic();
  ++readings;
  // It may have gone round meanwhile: start anew.
  if (after - c->at > 1000000000) c->started = 0;
  const uint64_t step = (now - c->last) & c->mask;
  if (after < before || (c->started && step > c->mask / 2)) {
    ++back;
    printf("watch: %s or CLOCK_MONOTONIC goes back\n", c->name);
  }
  c->total += c->started ? step : 0;
  c->last = now;
  const int64_t time = (int64_t)((double)c->total * c->ns_per_count);
  const int64_t low = time - after, high = time - before;
  // The kernel's idea of the frequencies may be one in a hundred off where it has measured them.
  const int64_t slack = 100000 + (after - c->at) / 100;
  if (c->started && (low - slack > c->high || high + slack < c->low)) {
    ++jumps;
    printf("watch: %s jumps by %lld us against CLOCK_MONOTONIC\n", c->name,
           (long long)(low > c->high ? low - c->high : high - c->low) / 1000);
  }
  c->low = low;
  c->high = high;
  c->at = after;
  c->started = 1;
}

static unsigned pm_port;
static volatile uint32_t* hpet;

static uint64_t read_pm(void) { return inl(pm_port) & PM_MASK; }
static uint64_t read_hpet(void) { return hpet[0xf0 / 4]; }

static unsigned find_pm_port(void) {
  char line[128];
  unsigned port = 0;
  FILE* f = fopen("/proc/ioports", "r");
  while (f && fgets(line, sizeof line, f))
    if (strstr(line, "PM_TMR")) port = (unsigned)strtoul(line, NULL, 16);
  if (f) fclose(f);
  return port && iopl(3) == 0 ? port : 0;
}

static volatile uint32_t* map_hpet(void) {
  const int fd = open("/dev/hpet", O_RDONLY);
  if (fd < 0) return NULL;
  void* page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  return page == MAP_FAILED ? NULL : page;
}

static void burst(struct beside* pm, struct beside* hp) {
  static uint64_t last_tsc;
  static int64_t last_time;
  for (int i = 0; i < PER_BURST; ++i) {
    const uint64_t now = tsc();
    const int64_t time = monotonic();
    readings += 2;
    if (now < last_tsc || time < last_time) {
      ++back;
      printf("watch: the %s goes back by %lld\n", now < last_tsc ? "time stamp counter" : "CLOCK_MONOTONIC",
             now < last_tsc ? (long long)(last_tsc - now) : (long long)(last_time - time));
    }
    last_tsc = now;
    last_time = time;
  }
  if (pm_port) look(pm, read_pm);
  if (hpet) look(hp, read_hpet);
  ++bursts;
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGTERM, stop);
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (argc < 2 || strcmp(argv[1], "noports") != 0) pm_port = find_pm_port();
  hpet = map_hpet();
  struct beside pm = {.name = "the ACPI timer", .ns_per_count = 1e9 / PM_HZ, .mask = PM_MASK};
  struct beside hp = {.name = "the HPET", .ns_per_count = hpet ? hpet[1] * 1e-6 : 0, .mask = 0xffffffff};
  const int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  const struct itimerspec every = {{0, TICK_NS}, {0, TICK_NS}};
  const int64_t start = monotonic();
  timerfd_settime(timer, 0, &every, NULL);
  for (long processor = 0; !done; processor = (processor + 1) % processors) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    sched_setaffinity(0, sizeof one, &one);
    uint64_t expired = 0;
    if (read(timer, &expired, sizeof expired) == sizeof expired) ticks += expired;
    burst(&pm, &hp);
  }
  uint64_t expired = 0;
  if (read(timer, &expired, sizeof expired) == sizeof expired) ticks += expired;
  const int64_t elapsed = monotonic() - start;
  const long missing = (long)(elapsed / TICK_NS) - (long)ticks;
  printf("watch: processors %ld, ACPI timer %s, HPET %s\n", processors, pm_port ? "read" : "absent",
         hpet ? "read" : "absent");
  printf("watch: bursts %lu, readings %lu, ticks %lu of %lld, back %lu, jumps %lu\n", bursts, readings, ticks,
         (long long)(elapsed / TICK_NS), back, jumps);
  return back || jumps || missing > 1 || missing < -1;
}
