// Character backends on files and sockets of the test's own folder, and the Ctrl-A keys.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <sstream>

#include "hw/host/escape_filter.h"
#include "hw/host/make_char_backend.h"
#include "tests/unit/hw/fake_char.h"

namespace duet::hw {
namespace {

struct HostTest : ::testing::Test {
  std::string folder;
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "duet-host-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
  }
  void TearDown() override {
    ::unlink((folder + "/f").c_str());
    ::unlink((folder + "/s").c_str());
    ::rmdir(folder.c_str());
  }
};

// Collects what a backend delivers, at most `room` bytes until told more.
struct Collector {
  std::mutex mutex;
  std::condition_variable changed;
  std::string text;
  size_t room = ~size_t{0};

  size_t take(std::span<const u8> data) {
    const std::lock_guard lock(mutex);
    const size_t n = std::min(room, data.size());
    text.append(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(n));
    room -= n;
    changed.notify_all();
    return n;
  }
  bool waitFor(const std::string& wanted) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return text == wanted; });
  }
};

std::span<const u8> bytes(std::string_view s) { return {reinterpret_cast<const u8*>(s.data()), s.size()}; }

int connectTo(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

TEST_F(HostTest, FileHoldsWhatWasWritten) {
  {
    auto made = makeCharBackend("-serial", "file:" + folder + "/f");
    ASSERT_TRUE(made);
    made->backend->start();
    made->backend->write(bytes("hello\n"));
  }
  std::stringstream text;
  text << std::ifstream(folder + "/f").rdbuf();
  EXPECT_EQ(text.str(), "hello\n");
}

TEST_F(HostTest, SocketBothWaysAndAgain) {
  Collector guest;
  auto made = makeCharBackend("-serial", "unix:" + folder + "/s,server,nowait");
  ASSERT_TRUE(made) << made.error().message;
  made->backend->setReceiver([&](std::span<const u8> d) { return guest.take(d); });
  made->backend->start();
  made->backend->write(bytes("nobody is there"));
  for (const char* text : {"one", "onetwo"}) {
    const int peer = connectTo(folder + "/s");
    ASSERT_GE(peer, 0);
    const std::string_view piece = std::string_view(text).substr(std::string_view(text).size() - 3);
    ASSERT_EQ(::write(peer, piece.data(), 3), 3);
    EXPECT_TRUE(guest.waitFor(text));
    made->backend->write(bytes("back"));
    pollfd wait{peer, POLLIN, 0};
    ASSERT_EQ(::poll(&wait, 1, 20000), 1);
    char answer[8] = {};
    EXPECT_EQ(::read(peer, answer, 8), 4);
    EXPECT_STREQ(answer, "back");
    ::close(peer);
  }
}

TEST_F(HostTest, RefusedInputComesAgainAfterResume) {
  Collector guest;
  guest.room = 2;
  auto made = makeCharBackend("-serial", "unix:" + folder + "/s,server,nowait");
  ASSERT_TRUE(made);
  made->backend->setReceiver([&](std::span<const u8> d) { return guest.take(d); });
  made->backend->start();
  const int peer = connectTo(folder + "/s");
  ASSERT_EQ(::write(peer, "abcd", 4), 4);
  EXPECT_TRUE(guest.waitFor("ab"));
  {
    const std::lock_guard lock(guest.mutex);
    guest.room = 10;
  }
  made->backend->resumeInput();
  EXPECT_TRUE(guest.waitFor("abcd"));
  ::close(peer);
}

TEST_F(HostTest, PeerThatNeverReadsDoesNotStopTheGuest) {
  auto made = makeCharBackend("-serial", "unix:" + folder + "/s,server,nowait");
  ASSERT_TRUE(made);
  Collector guest;
  made->backend->setReceiver([&](std::span<const u8> d) { return guest.take(d); });
  made->backend->start();
  const int peer = connectTo(folder + "/s");
  ASSERT_EQ(::write(peer, "x", 1), 1);
  ASSERT_TRUE(guest.waitFor("x"));
  const std::string flood(1 << 16, 'f');
  for (int i = 0; i < 200; ++i) made->backend->write(bytes(flood));  // 13 MB into a full socket
  ::close(peer);
}

TEST_F(HostTest, PtyNamesItself) {
  auto made = makeCharBackend("-serial", "pty");
  ASSERT_TRUE(made);
  const size_t at = made->notice.find("/dev/pts/");
  ASSERT_NE(at, std::string::npos) << made->notice;
  Collector guest;
  made->backend->setReceiver([&](std::span<const u8> d) { return guest.take(d); });
  made->backend->start();
  const int user = ::open(made->notice.substr(at).c_str(), O_RDWR | O_NOCTTY);
  ASSERT_GE(user, 0);
  ASSERT_EQ(::write(user, "hi\n", 3), 3);
  EXPECT_TRUE(guest.waitFor("hi\n"));
  ::close(user);
}

TEST_F(HostTest, WrongWordsAreExplained) {
  for (const std::string& bad :
       {std::string(), std::string("stido"), std::string("file:"), std::string("unix:"),
        std::string("unix:") + folder + "/s,sever", "unix:" + std::string(200, 'x'),
        std::string("file:") + folder + "/no/such/f", "unix:" + folder + "/nobody"}) {
    auto made = makeCharBackend("-serial", bad);
    ASSERT_FALSE(made) << bad;
    EXPECT_NE(made.error().message.find("-serial"), std::string::npos);
    EXPECT_EQ(made.error().message.find('\n'), std::string::npos);
  }
  EXPECT_NE(makeCharBackend("-serial", "stido").error().message.find("stdio"), std::string::npos);
}

TEST(EscapeFilter, KeysAndPassage) {
  auto terminal = std::make_unique<FakeChar>();
  FakeChar& raw = *terminal;
  int left = 0;
  EscapeFilter filter(std::move(terminal), {{'x', {"leave", [&] { ++left; }}}});
  Collector guest;
  filter.setReceiver([&](std::span<const u8> d) { return guest.take(d); });
  raw.type("ab");
  EXPECT_EQ(guest.text, "ab");
  raw.type("\x01x");
  EXPECT_EQ(left, 1);
  EXPECT_EQ(guest.text, "ab");
  raw.type("\x01\x01");
  EXPECT_EQ(guest.text, "ab\x01");
  raw.type("\x01h");
  EXPECT_NE(raw.written.find("leave"), std::string::npos);
  raw.type("\x01");
  raw.type("x");  // in two pieces
  EXPECT_EQ(left, 2);
  guest.room = 0;
  raw.type("\x01\x01z");
  guest.room = 5;
  raw.resumeInput();
  EXPECT_EQ(guest.text, "ab\x01\x01z");
}

}  // namespace
}  // namespace duet::hw
