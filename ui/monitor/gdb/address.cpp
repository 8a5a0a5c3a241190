#include "ui/monitor/gdb/address.h"

#include <algorithm>
#include <charconv>

namespace duet::ui::gdb {
namespace {

Result<> checkWords(std::string_view option, std::string_view words) {
  while (!words.empty()) {
    words.remove_prefix(1);  // the comma
    const std::string_view word = words.substr(0, words.find(','));
    words.remove_prefix(word.size());
    if (word == "wait" || word == "wait=on")
      return fail("{} ...,{}: the machine never waits for gdb; -S starts it paused", option, word);
    if (word == "server=off")
      return fail("{} ...,server=off: gdb is what connects; leave the word out", option);
    bool known = false;
    for (const std::string_view k :
         {"server", "server=on", "wait=off", "nowait", "nodelay", "nodelay=on", "nodelay=off"})
      known |= word == k;
    if (!known) return fail("{} ...,{}: unknown word; known: server=on, wait=off, nodelay=on", option, word);
  }
  return {};
}

Result<Address> parseTcp(std::string_view option, std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return fail("{} tcp:{}: a colon and the port are missing; write tcp::1234 or tcp:HOST:1234", option,
                text);
  std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  unsigned number = 0;
  const auto end = std::from_chars(port.data(), port.data() + port.size(), number);
  if (end.ec != std::errc{} || end.ptr != port.data() + port.size() || number < 1 || number > 65535)
    return fail("{} tcp:{}: '{}' is no port; it must be a number from 1 to 65535", option, text, port);
  return Address{Address::Kind::Tcp, std::string(host), std::string(port), {}};
}

}  // namespace

Result<Address> parseAddress(std::string_view option, std::string_view text) {
  if (text == "none") return Address{};
  const size_t comma = std::min(text.find(','), text.size());
  const std::string_view words = text.substr(comma), place = text.substr(0, comma);
  if (auto ok = checkWords(option, words); !ok) return tl::unexpected(ok.error());
  if (place.starts_with("tcp:")) return parseTcp(option, place.substr(4));
  if (place.starts_with("unix:")) {
    const std::string_view path = place.substr(5);
    if (path.empty()) return fail("{} unix: the path is missing; write unix:/tmp/gdb.sock", option);
    return Address{Address::Kind::Unix, {}, {}, std::string(path)};
  }
  return fail("{} {}: not a place to listen at; write tcp::PORT, tcp:HOST:PORT, unix:PATH or none", option,
              text);
}

}  // namespace duet::ui::gdb
