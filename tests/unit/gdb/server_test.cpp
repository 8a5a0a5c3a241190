// The server on real sockets: connections come, break and come again.
#include "ui/monitor/gdb/server.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "tests/unit/gdb/fake_target.h"

namespace duet::ui::gdb {
namespace {

using ::testing::HasSubstr;

class Client {
 public:
  explicit Client(const std::string& path) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::strcpy(where.sun_path, path.c_str());
    fd_ = socket(AF_UNIX, SOCK_STREAM, 0);
    connected = connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  }
  ~Client() { close(fd_); }
  void send(std::string_view text) {
    EXPECT_EQ(write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // What comes until `text` is complete, the line is closed ("" then) or 20 s have passed.
  std::string expect(std::string_view text) {
    std::string got;
    char c;
    pollfd p{fd_, POLLIN, 0};
    while (got != text && poll(&p, 1, 20000) > 0 && read(fd_, &c, 1) == 1) got += c;
    return got;
  }
  bool closed() { return expect("never").empty(); }
  bool connected = false;

 private:
  int fd_;
};

class GdbServer : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/duet_gdb_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
    address = {Address::Kind::Unix, {}, {}, folder_ + "/s"};
    auto made = Server::open("-gdb", address, target);
    ASSERT_TRUE(made) << made.error().message;
    server = std::move(*made);
    server->start();
  }
  void TearDown() override {
    server.reset();
    EXPECT_NE(access(address.path.c_str(), F_OK), 0) << "the socket file is removed";
    rmdir(folder_.c_str());
  }

  std::string folder_;
  Address address;
  test::FakeTarget target;
  std::unique_ptr<Server> server;
};

TEST_F(GdbServer, Talks) {
  Client gdb(address.path);
  gdb.send("$qC#b4");
  EXPECT_EQ(gdb.expect("+$QC1#c5"), "+$QC1#c5");
}

TEST_F(GdbServer, BrokenConnectionDetachesAndAnotherComes) {
  {
    Client gdb(address.path);
    gdb.send("$qC#b4");
    gdb.expect("+$QC1#c5");
    gdb.send("$m10");
  }
  Client gdb(address.path);
  gdb.send("$qC#b4");
  EXPECT_EQ(gdb.expect("+$QC1#c5"), "+$QC1#c5");
  EXPECT_EQ(target.detached, 1) << "the machine stays as it was";
  EXPECT_EQ(target.attached, 2);
}

TEST_F(GdbServer, SecondClientWaitsItsTurn) {
  auto first = std::make_unique<Client>(address.path);
  first->send("$qC#b4");
  first->expect("+$QC1#c5");
  Client second(address.path);
  EXPECT_TRUE(second.connected);
  second.send("$qC#b4");
  first.reset();
  EXPECT_EQ(second.expect("+$QC1#c5"), "+$QC1#c5");
}

TEST_F(GdbServer, PassesEventsOn) {
  Client gdb(address.path);
  gdb.send("$c#63");
  EXPECT_EQ(gdb.expect("+"), "+");
  target.listener({});
  EXPECT_EQ(gdb.expect("$T02thread:1;#d4"), "$T02thread:1;#d4");
}

TEST_F(GdbServer, DetachHangsUp) {
  Client gdb(address.path);
  gdb.send("$D#44");
  EXPECT_EQ(gdb.expect("+$OK#9a"), "+$OK#9a");
  EXPECT_TRUE(gdb.closed());
}

TEST_F(GdbServer, StopTellsTheEnd) {
  Client gdb(address.path);
  gdb.send("$c#63");
  EXPECT_EQ(gdb.expect("+"), "+");
  target.listener({StopEvent::Kind::Ended, 0, {}, 3});
  server->stop();
  EXPECT_EQ(gdb.expect("$W03#ba"), "$W03#ba");
  EXPECT_TRUE(gdb.closed());
}

TEST_F(GdbServer, ClientThatTakesNothingDoesNotHoldUsUp) {
  Client gdb(address.path);
  const std::string packet = "$m1000,7000#" + std::string("ab");
  for (int i = 0; i < 2000; ++i) gdb.send("+");
  gdb.send("$QStartNoAckMode#b0");
  for (int i = 0; i < 60; ++i) gdb.send(packet);  // more than a socket holds, and nobody reads
  usleep(20000);
  server->stop();
}

TEST_F(GdbServer, AddressInUse) {
  const auto second = Server::open("-gdb", address, target);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("-gdb: cannot listen at unix:"));
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST(GdbServerAddress, StaleSocketFilesAreReplaced) {
  test::FakeTarget target;
  const std::string path = fmt::format("/tmp/duet_gdb_stale_{}", getpid());
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  std::strcpy(where.sun_path, path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
  close(fd);
  EXPECT_TRUE(Server::open("-gdb", {Address::Kind::Unix, {}, {}, path}, target));
}

TEST(GdbServerAddress, Impossible) {
  test::FakeTarget target;
  const Address addresses[] = {{Address::Kind::Unix, {}, {}, "/nowhere/at/all"},
                               {Address::Kind::Unix, {}, {}, std::string(200, 'x')},
                               {Address::Kind::Tcp, "no-such-host.invalid", "1234", {}}};
  for (const Address& a : addresses) {
    const auto made = Server::open("-gdb", a, target);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("-gdb: cannot listen at "));
  }
}

}  // namespace
}  // namespace duet::ui::gdb
