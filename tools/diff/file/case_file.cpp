#include "tools/diff/file/case_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/diff/case/user_world.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "duet-diff case 1";
constexpr size_t kMostPages = 1024, kMostPieces = 4096, kMostFileBytes = 16u << 20;
constexpr u64 kMostSteps = 1'000'000'000, kPage = sizeof(PageBytes);

constexpr std::array kWorlds{"user64", "user32", "system"};
constexpr std::array kAccesses{"r", "rw", "rx", "rwx"};

CpuState baseState(World world) { return world == World::System ? resetState(true) : userState(world); }

std::string hexText(std::span<const u8> bytes) {
  std::string text;
  for (u8 b : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", b);
  return text;
}

Json pieceJson(u64 address, std::span<const u8> bytes) {
  return {{"at", fmt::format("{:x}", address)}, {"hex", hexText(bytes)}};
}

u8 commonByte(const PageBytes& bytes) {
  std::array<unsigned, 256> count{};
  for (u8 b : bytes) ++count[b];
  return static_cast<u8>(std::ranges::max_element(count) - count.begin());
}

// Runs of other bytes than the common one; short gaps stay inside a run.
Json pageJson(const Page& page) {
  const u8 fill = commonByte(page.bytes);
  Json runs = Json::array();
  for (u64 i = 0; i < kPage; ++i) {
    if (page.bytes[i] == fill) continue;
    u64 end = i + 1;
    for (u64 at = end; at < kPage && at < end + 8; ++at)
      if (page.bytes[at] != fill) end = at + 1;
    runs.push_back(pieceJson(page.address + i, std::span(page.bytes).subspan(i, end - i)));
    i = end;
  }
  return {{"address", fmt::format("{:x}", page.address)},
          {"access", kAccesses[static_cast<size_t>(page.access)]},
          {"fill", fmt::format("{:02x}", fill)},
          {"bytes", runs}};
}

Json stateJson(const Case& c) {
  const CpuState base = baseState(c.world);
  Json out = Json::object();
  for (const StateField& field : stateFields()) {
    if (std::memcmp(field.in(base), field.in(c.start), field.size) == 0) continue;
    const std::string digits = fieldText(field, c.start);
    out[field.name] = digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  }
  return out;
}

// --- reading

Result<u64> number(const Json& from, const char* key) {
  const auto at = from.find(key);
  if (at == from.end() || !at->is_string()) return fail("\"{}\" is missing or no string", key);
  const auto& text = at->get_ref<const std::string&>();
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    return fail("\"{}\": \"{}\" is no hexadecimal number", key, text);
  return value;
}

template <size_t N>
Result<size_t> choice(const Json& from, const char* key, const std::array<const char*, N>& words) {
  const auto at = from.find(key);
  if (at == from.end() || !at->is_string()) return fail("\"{}\" is missing or no string", key);
  const auto found = std::ranges::find(words, at->get_ref<const std::string&>());
  if (found == words.end()) return fail("\"{}\" has no value \"{}\"", key, at->get_ref<const std::string&>());
  return static_cast<size_t>(found - words.begin());
}

Result<Piece> piece(const Json& from) {
  if (!from.is_object()) return fail("bytes are {{\"at\": ..., \"hex\": ...}}");
  auto address = number(from, "at");
  if (!address) return tl::unexpected(address.error());
  const auto hex = from.find("hex");
  if (hex == from.end() || !hex->is_string()) return fail("\"hex\" is missing or no string");
  const auto& text = hex->get_ref<const std::string&>();
  if (text.size() % 2 || text.empty()) return fail("\"hex\" at {:x} has not two digits a byte", *address);
  Piece out{*address, {}};
  for (size_t i = 0; i < text.size(); i += 2) {
    u8 byte = 0;
    if (std::from_chars(&text[i], &text[i] + 2, byte, 16).ptr != &text[i] + 2)
      return fail("\"hex\" at {:x} holds \"{}\"", *address, text.substr(i, 2));
    out.bytes.push_back(byte);
  }
  if (out.address + out.bytes.size() < out.address)
    return fail("bytes at {:x} run over the end of memory", *address);
  return out;
}

Result<std::vector<Piece>> pieces(const Json& from, const char* key) {
  std::vector<Piece> out;
  const auto at = from.find(key);
  if (at == from.end()) return out;
  if (!at->is_array() || at->size() > kMostPieces)
    return fail("\"{}\" is no list of at most {}", key, kMostPieces);
  for (const Json& one : *at) {
    auto p = piece(one);
    if (!p) return tl::unexpected(p.error());
    out.push_back(std::move(*p));
  }
  return out;
}

Result<Page> page(const Json& from) {
  if (!from.is_object()) return fail("a page of \"memory\" is no object");
  auto address = number(from, "address");
  if (!address) return tl::unexpected(address.error());
  if (*address % kPage) return fail("page {:x} does not begin at a multiple of 1000", *address);
  auto access = choice(from, "access", kAccesses);
  if (!access) return tl::unexpected(access.error());
  auto fill = number(from, "fill");
  if (!fill) return tl::unexpected(fill.error());
  if (*fill > 0xff) return fail("\"fill\" of page {:x} is no byte", *address);
  auto runs = pieces(from, "bytes");
  if (!runs) return tl::unexpected(runs.error());
  Page out{*address, static_cast<PageAccess>(*access), {}};
  out.bytes.fill(static_cast<u8>(*fill));
  for (const Piece& p : *runs) {
    if (p.address < *address || p.address - *address > kPage ||
        p.bytes.size() > kPage - (p.address - *address))
      return fail("bytes at {:x} lie outside page {:x}", p.address, *address);
    std::ranges::copy(p.bytes, out.bytes.begin() + static_cast<long>(p.address - *address));
  }
  return out;
}

Result<std::shared_ptr<const Memory>> memory(const Json& from) {
  const auto at = from.find("memory");
  if (at == from.end() || !at->is_array() || at->empty() || at->size() > kMostPages)
    return fail("\"memory\" is no list of 1 to {} pages", kMostPages);
  auto out = std::make_shared<Memory>();
  for (const Json& one : *at) {
    auto p = page(one);
    if (!p) return tl::unexpected(p.error());
    if (!out->pages.empty() && out->pages.back().address >= p->address)
      return fail("page {:x} does not come after page {:x}", p->address, out->pages.back().address);
    out->pages.push_back(std::move(*p));
  }
  return out;
}

Result<CpuState> state(const Json& from, World world) {
  CpuState out = baseState(world);
  const auto at = from.find("state");
  if (at == from.end() || !at->is_object()) return fail("\"state\" is missing or no object");
  for (const auto& [name, value] : at->items()) {
    const StateField* field = findStateField(name);
    if (!field) return fail("\"state\" has no value \"{}\"", name);
    if (!value.is_string()) return fail("\"{}\" is no string of hexadecimal digits", name);
    if (auto set = setField(*field, out, value.get_ref<const std::string&>()); !set)
      return tl::unexpected(set.error());
  }
  return out;
}

bool covered(const Memory& memory, const Piece& p) {
  for (u64 a = p.address & ~(kPage - 1); a < p.address + p.bytes.size(); a += kPage)
    if (!std::ranges::binary_search(memory.pages, a, {}, &Page::address)) return false;
  return true;
}

Result<Case> caseOf(const Json& json) {
  if (!json.is_object() || json.value("format", Json()) != kFormat)
    return fail("this is no case: \"format\" must be \"{}\"", kFormat);
  Case c;
  auto world = choice(json, "world", kWorlds);
  if (!world) return tl::unexpected(world.error());
  c.world = static_cast<World>(*world);
  const auto steps = json.find("steps");
  if (steps == json.end() || !steps->is_number_unsigned() || *steps > kMostSteps || *steps == 0u)
    return fail("\"steps\" is no number from 1 to {}", kMostSteps);
  c.steps = steps->get<u64>();
  auto pages = memory(json);
  if (!pages) return tl::unexpected(pages.error());
  c.memory = std::move(*pages);
  auto over = pieces(json, "pieces");
  if (!over) return tl::unexpected(over.error());
  for (const Piece& p : *over)
    if (!covered(*c.memory, p)) return fail("the bytes at {:x} lie where no page is", p.address);
  c.pieces = std::move(*over);
  auto start = state(json, c.world);
  if (!start) return tl::unexpected(start.error());
  c.start = *start;
  return c;
}

}  // namespace

std::string caseText(const Case& c, std::string_view note) {
  Json json{{"format", kFormat},
            {"note", note},
            {"world", kWorlds[static_cast<size_t>(c.world)]},
            {"steps", c.steps}};
  json["memory"] = Json::array();
  for (const Page& p : c.memory->pages) json["memory"].push_back(pageJson(p));
  json["pieces"] = Json::array();
  for (const Piece& p : c.pieces) json["pieces"].push_back(pieceJson(p.address, p.bytes));
  json["state"] = stateJson(c);
  return json.dump(1) + "\n";
}

Result<Case> parseCase(std::string_view text) {
  if (text.size() > kMostFileBytes) return fail("longer than {} bytes", kMostFileBytes);
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return fail("this is no JSON");
  return caseOf(json);
}

Result<Case> readCase(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail("{}: {}", path, errnoText(errno));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto c = parseCase(text);
  if (!c) return fail("{}: {}", path, c.error().message);
  return c;
}

Result<> writeCase(const std::string& path, const Case& c, std::string_view note) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << caseText(c, note);
  out.close();
  if (!out) return fail("{}: {}", path, errnoText(errno));
  return {};
}

}  // namespace duet::diff
