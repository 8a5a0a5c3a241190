#include "tests/guest/runner/case_file.h"

#include <algorithm>
#include <charconv>

#include "tests/guest/runner/state_names.h"

namespace duet::test {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  while (true) {
    const size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return found;
    const size_t end = std::min(text.find_first_of(" \t\r", begin), text.size());
    found.emplace_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

// `// name[where]: value`
struct Directive {
  std::string name, value;
  std::vector<std::string> where;  // modes and CPU models; empty: everywhere
  // Of the kinds that `where` names (modes, models), each must name the case's.
  bool appliesTo(const GuestCase& c, const std::vector<std::string>& modes) const {
    bool namesMode = false, namesCpu = false, modeFits = false, cpuFits = false;
    for (const std::string& w : where) {
      const bool isMode = std::find(modes.begin(), modes.end(), w) != modes.end();
      (isMode ? namesMode : namesCpu) = true;
      modeFits |= w == c.mode;
      cpuFits |= w == c.cpu;
    }
    return (modeFits || !namesMode) && (cpuFits || !namesCpu);
  }
};

bool parseDirective(std::string_view line, Directive& d) {
  if (line.substr(0, 3) != "// ") return false;
  line.remove_prefix(3);
  const size_t end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
  if (end == 0 || end == std::string_view::npos) return false;
  d.name = line.substr(0, end);
  line.remove_prefix(end);
  if (line[0] == '[') {
    const size_t close = line.find(']');
    if (close == std::string_view::npos) return false;
    d.where = words(line.substr(1, close - 1));
    line.remove_prefix(close + 1);
  }
  if (line.substr(0, 1) != ":") return false;
  d.value = line.substr(1);
  return true;
}

Result<Assignment> parseAssignment(const std::string& word) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return fail("'{}': name=value wanted", word);
  Assignment a{word.substr(0, equals), word.substr(equals + 1), ""};
  const size_t slash = a.value.find('/');
  if (slash != std::string::npos) {
    a.mask = a.value.substr(slash + 1);
    a.value.resize(slash);
  }
  return a;
}

Result<> addAssignments(const std::vector<std::string>& list, size_t first, std::vector<Assignment>& out) {
  for (size_t i = first; i < list.size(); ++i) {
    auto a = parseAssignment(list[i]);
    if (!a) return tl::unexpected(a.error());
    if (a->name == "at") a->name = "rip";
    out.push_back(*a);
  }
  return {};
}

Result<> parseFault(const std::string& text, GuestCase& c) {
  const auto list = words(text);
  if (list.empty()) return fail("expect-fault: which one?");
  FaultExpectation f;
  if (const auto v = exceptionVector(list[0])) {
    f.vector = *v;
  } else {
    unsigned number = 0;
    const char* from = list[0].data() + (list[0].substr(0, 2) == "0x" ? 2 : 0);
    const auto r =
        std::from_chars(from, list[0].data() + list[0].size(), number, from == list[0].data() ? 10 : 16);
    if (r.ec != std::errc{} || number > 255) return fail("expect-fault: '{}' is no vector", list[0]);
    f.vector = static_cast<u8>(number);
  }
  size_t next = 1;
  const bool codeGiven = list.size() > 1 && list[1].find('=') == std::string::npos;
  if (codeGiven) {
    if (list[1] != "none") f.errorCode = list[1];
    next = 2;
  } else if (pushesErrorCode(f.vector) && c.mode != "real16") {
    return fail("expect-fault: {} wants an error code, or 'none' for INT n", list[0]);
  }
  c.fault.push_back(f);
  return addAssignments(list, next, c.expect);
}

Result<> addPitfalls(const std::vector<std::string>& rows, GuestCase& c) {
  for (const std::string& row : rows) {
    unsigned number = 0;
    const auto r = std::from_chars(row.data(), row.data() + row.size(), number);
    if (r.ec != std::errc{} || r.ptr != row.data() + row.size() || number < 1 || number > kPitfalls)
      return fail("pitfall: '{}' is not one of 1 to {}", row, kPitfalls);
    c.pitfalls.push_back(number);
  }
  return {};
}

Result<> setCpus(const std::string& text, GuestCase& c) {
  const auto list = words(text);
  if (list.size() != 1 || list[0].size() != 1 || list[0][0] < '1' || list[0][0] > '0' + char{kMostCpus})
    return fail("cpus: a number from 1 to {} wanted", kMostCpus);
  c.cpus = static_cast<unsigned>(list[0][0] - '0');
  return {};
}

// Directives of one word.
std::string* wordOf(std::string_view name, GuestCase& c) {
  if (name == "expect-exit") return &c.exit;
  if (name == "must-fail") return &c.mustFail;
  return name == "machine" ? &c.machine : nullptr;
}

Result<> apply(const Directive& d, GuestCase& c) {
  if (d.name == "manual") {
    c.manual += d.value;
  } else if (d.name == "init") {
    return addAssignments(words(d.value), 0, c.init);
  } else if (d.name == "expect") {
    return addAssignments(words(d.value), 0, c.expect);
  } else if (d.name == "expect-fault") {
    return parseFault(d.value, c);
  } else if (d.name == "needs") {
    c.needs = words(d.value);
  } else if (std::string* word = wordOf(d.name, c)) {
    const auto list = words(d.value);
    if (list.size() != 1) return fail("{}: one word wanted", d.name);
    *word = list[0];
  } else if (d.name == "cpus") {
    return setCpus(d.value, c);
  } else if (d.name == "pitfall") {
    return addPitfalls(words(d.value), c);
  } else if (d.name == "budget") {
    c.budget = std::stoull(d.value);
  } else {
    return fail("'{}' is no directive", d.name);
  }
  return {};
}

Result<> checkCase(const GuestCase& c) {
  if (c.manual.empty()) return fail("no '// manual:' line says where the expectation comes from");
  if (c.expect.empty() && c.fault.empty() && c.exit == "halt") return fail("{}: expects nothing", c.mode);
  if (c.fault.size() > 1) return fail("{}: two expect-fault lines", c.mode);
  if (c.machine != "contract" && c.machine != "pc") return fail("machine: 'pc', or no such line");
  const bool pc = c.machine == "pc";
  if (c.cpus > 1 && !pc) return fail("cpus: only with 'machine: pc'");
  const bool knownExit = c.exit == "halt" || c.exit == "shutdown";
  if (!knownExit && !(pc && (c.exit == "reset" || c.exit == "power-off")))
    return fail("expect-exit: halt or shutdown; reset or power-off too with 'machine: pc'");
  return {};
}

}  // namespace

Result<std::vector<GuestCase>> parseCaseFile(std::string_view name, std::string_view text) {
  std::vector<Directive> directives;
  std::vector<std::string> modes, cpus = {GuestCase{}.cpu};
  while (text.substr(0, 2) == "//") {
    const size_t end = std::min(text.find('\n'), text.size());
    Directive d;
    if (parseDirective(text.substr(0, end), d)) {
      if (d.name == "mode" || d.name == "cpu")
        (d.name == "mode" ? modes : cpus) = words(d.value);
      else
        directives.push_back(d);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::vector<GuestCase> cases;
  for (const std::string& mode : modes) {
    for (const std::string& cpu : cpus) {
      GuestCase c;
      c.name = name;
      c.mode = mode;
      c.cpu = cpu;
      for (const Directive& d : directives) {
        if (!d.appliesTo(c, modes)) continue;
        if (auto r = apply(d, c); !r) return fail("{}: {}", name, r.error().message);
      }
      if (auto r = checkCase(c); !r) return fail("{}: {}", name, r.error().message);
      cases.push_back(std::move(c));
    }
  }
  if (cases.empty()) return fail("{}: no '// mode:' line, or an empty one", name);
  return cases;
}

}  // namespace duet::test
