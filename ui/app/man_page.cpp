#include "ui/app/man_page.h"

#include <fmt/format.h>

#include "ui/app/option_table.h"
#include "ui/app/version.h"

namespace duet::ui {
namespace {

// Dashes are minus signs to copy, backslashes and leading dots are troff's.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '-' || c == '\\') out += '\\';
    out += c == '\\' ? 'e' : c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

}  // namespace

std::string manPage() {
  std::string page = fmt::format(
      ".TH DUET 1 \"\" \"duet {}\"\n.SH NAME\nduet \\- an x86 PC for hosts with and without hardware "
      "virtualization\n"
      ".SH SYNOPSIS\n.B duet\n[\\fIoptions\\fR]\n.SH DESCRIPTION\n"
      "Runs an unmodified x86 guest: a kernel given by \\fB\\-kernel\\fR or firmware given by "
      "\\fB\\-bios\\fR.\n"
      ".SH OPTIONS\n",
      kVersion);
  for (const OptionSpec& spec : optionTable()) {
    page += fmt::format(".TP\n\\fB\\-{}\\fR {}\n{}\n", escaped(spec.name), escaped(spec.argument),
                        escaped(spec.help));
    if (!spec.example.empty()) page += fmt::format(".br\nExample: \\fB{}\\fR\n", escaped(spec.example));
  }
  page +=
      ".SH FILES\nThe folder named by \\fB\\-accel tcg,cache=\\fR is made if it is missing and holds a file "
      "for each hot "
      "loop\nthat was compiled, 64 MiB at most; the least recently used go first. Its code is run, so it "
      "must belong to "
      "the\nuser, and nobody else may write to it. Any number of machines may share it, and its files may be "
      "deleted at "
      "any time.\n"
      ".SH KEYS\nOn the terminal \\fBCtrl\\-A x\\fR leaves, \\fBCtrl\\-A e\\fR goes on under the\n"
      "other engine, \\fBCtrl\\-A h\\fR lists the keys.\n"
      ".SH EXIT STATUS\n0 when the guest powers off or the user leaves, 1 on errors, and what the guest "
      "says\n"
      "through \\fBisa\\-debug\\-exit\\fR.\n";
  return page;
}

}  // namespace duet::ui
