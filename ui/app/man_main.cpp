// Prints the manual page; run by the build.
#include <cstdio>

#include "ui/app/man_page.h"

int main() { return std::fputs(duet::ui::manPage().c_str(), stdout) < 0; }
