// What programs ask of the kernel.
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/guest/kernels.h"
#include "tests/bench/guest/measure.h"

static uint32_t syscalls(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 4000; i++) sum += syscall(SYS_getppid) > 0;
  return sum;
}

// A byte back and forth between two processes: two context switches.
static uint32_t pingpong(void) {
  static int down[2], up[2];
  static pid_t other;
  if (!other) {
    if (pipe(down) != 0 || pipe(up) != 0 || (other = fork()) < 0) giveUp("pipe");
    if (other == 0) {
      char c;
      close(down[1]);
      while (read(down[0], &c, 1) == 1)
        if (write(up[1], &c, 1) != 1) break;
      _exit(0);
    }
    close(down[0]);
  }
  uint32_t sum = 0;
  for (int i = 0; i < 200; i++) {
    char c = (char)i;
    if (write(down[1], &c, 1) != 1 || read(up[0], &c, 1) != 1) giveUp("pipe");
    sum += (uint8_t)c;
  }
  return sum;
}

static uint32_t forks(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 5; i++) {
    const pid_t child = fork();
    if (child < 0) giveUp("fork");
    if (child == 0) _exit(i);
    int status;
    if (waitpid(child, &status, 0) != child) giveUp("waitpid");
    sum += (uint32_t)WEXITSTATUS(status);
  }
  return sum;
}

// A program started anew: this one, which then ends at once.
static uint32_t execs(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 4; i++) {
    const pid_t child = fork();
    if (child < 0) giveUp("fork");
    if (child == 0) {
      execl("/proc/self/exe", "kernels", kExecWord, (char*)NULL);
      _exit(0);
    }
    int status;
    if (waitpid(child, &status, 0) != child) giveUp("waitpid");
    sum += (uint32_t)WEXITSTATUS(status);
  }
  return sum;
}

// Memory that is new each time: a fault a page.
static uint32_t faults(void) {
  enum { kSize = 1 << 20 };
  uint8_t* m = mmap(NULL, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (m == MAP_FAILED) giveUp("mmap");
  uint32_t sum = 0;
  for (size_t i = 0; i < kSize; i += 4096) sum += ++m[i];
  munmap(m, kSize);
  return sum;
}

static uint32_t maps(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 200; i++) {
    void* m = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED) giveUp("mmap");
    sum += mprotect(m, 4096, PROT_READ | PROT_WRITE) == 0;
    munmap(m, 65536);
  }
  return sum;
}

static volatile uint32_t signalsSeen;
static void seen(int number) {
  (void)number;
  signalsSeen++;
}
static uint32_t signals(void) {
  signal(SIGUSR1, seen);
  signalsSeen = 0;
  for (int i = 0; i < 500; i++) raise(SIGUSR1);
  return signalsSeen;
}

static sigjmp_buf back;
static void jumpBack(int number) { siglongjmp(back, number); }
static uint32_t segv(void) {
  static uint8_t* forbidden;
  if (!forbidden) {
    forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (forbidden == MAP_FAILED) giveUp("mmap");
  }
  signal(SIGSEGV, jumpBack);
  volatile uint32_t sum = 0;
  for (volatile int i = 0; i < 200; i++) {
    if (sigsetjmp(back, 1) == 0)
      *(volatile uint8_t*)forbidden = 1;
    else
      sum++;
  }
  signal(SIGSEGV, SIG_DFL);
  return sum;
}

static uint32_t files(void) {
  uint32_t sum = 0;
  char data[4096];
  for (int i = 0; i < 200; i++) {
    const int fd = open("/dev/zero", O_RDONLY);
    if (fd < 0) giveUp("/dev/zero");
    sum += (uint32_t)read(fd, data, sizeof data);
    close(fd);
  }
  return sum;
}

// A turn that goes back and forth between two threads.
static sem_t mine, theirs;
static uint32_t turns;
static void* partner(void* unused) {
  for (;;) {
    sem_wait(&theirs);
    turns++;
    sem_post(&mine);
  }
  return unused;
}
static uint32_t threads(void) {
  static pthread_t other;
  if (!other) {
    sem_init(&mine, 0, 0);
    sem_init(&theirs, 0, 0);
    if (pthread_create(&other, NULL, partner, NULL) != 0) giveUp("thread");
  }
  turns = 0;
  for (int i = 0; i < 200; i++) {
    sem_post(&theirs);
    sem_wait(&mine);
  }
  return turns;
}

const struct Kernel kSystem[] = {
    {"syscall", syscalls}, {"pingpong", pingpong}, {"fork", forks},     {"exec", execs},
    {"fault", faults},     {"mmap", maps},         {"signal", signals}, {"segv", segv},
    {"file", files},       {"threads", threads},   {NULL, NULL}};
