#include "ui/monitor/gdb/address.h"

#include <gmock/gmock.h>

namespace duet::ui::gdb {
namespace {

using Kind = Address::Kind;
using ::testing::HasSubstr;

TEST(GdbAddress, Places) {
  auto a = parseAddress("-gdb", "tcp::1234");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->kind, Kind::Tcp);
  EXPECT_EQ(a->host, "");
  EXPECT_EQ(a->port, "1234");
  a = parseAddress("-gdb", "tcp:localhost:99,server=on,wait=off");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->host, "localhost");
  EXPECT_EQ(a->port, "99");
  a = parseAddress("-gdb", "tcp:[::1]:5");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->host, "::1");
  a = parseAddress("-gdb", "unix:/a/b.sock,server,nowait");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->kind, Kind::Unix);
  EXPECT_EQ(a->path, "/a/b.sock");
  a = parseAddress("-gdb", "none");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->kind, Kind::None);
}

TEST(GdbAddress, ErrorsNameTheOptionAndWhatToWrite) {
  const std::pair<const char*, const char*> wrong[] = {{"", "write tcp::PORT"},
                                                       {"1234", "write tcp::PORT"},
                                                       {"udp::1234", "write tcp::PORT"},
                                                       {"tcp:1234", "tcp::1234"},
                                                       {"tcp::", "is no port"},
                                                       {"tcp::0", "is no port"},
                                                       {"tcp::65536", "is no port"},
                                                       {"tcp::12x", "is no port"},
                                                       {"tcp::99999999999999999999", "is no port"},
                                                       {"unix:", "the path is missing"},
                                                       {"tcp::1,wait=on", "-S"},
                                                       {"tcp::1,server=off", "leave the word out"},
                                                       {"tcp::1,bogus", "unknown word"},
                                                       {"tcp::1,", "unknown word"}};
  for (const auto& [text, message] : wrong) {
    const auto a = parseAddress("-gdb", text);
    ASSERT_FALSE(a) << text;
    EXPECT_THAT(a.error().message, HasSubstr("-gdb ")) << text;
    EXPECT_THAT(a.error().message, HasSubstr(message)) << text;
  }
}

}  // namespace
}  // namespace duet::ui::gdb
