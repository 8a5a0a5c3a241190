// The engine under test, a memory for its cases, and how a case is told in few words.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/engine/engine.h"

namespace duet::diff::test {

// Pages of every case: code (read, execute; INT3 throughout), two pages of data (read, write; byte i holds i of the page),
// one that may only be read, one of code that may be written, two around the small descriptors' segment. Nothing lies after
// the code or the data.
inline constexpr u64 kCode = 0x10000000, kData = 0x20000000, kDataEnd = kData + 0x2000,
                     kReadOnly = 0x20004000, kWritableCode = 0x20008000, kTls = kTlsBase;

using Bytes = std::vector<u8>;
using Change = std::function<void(Case&)>;

std::shared_ptr<const Memory> testMemory();

// One process for all tests of the program. Ends the program if this host cannot have it: then there is nothing to test.
Engine& host();

// Code at kCode (or at `address`), RSP in the middle of the data's second page.
Case makeCase(World world, const Bytes& code, const Change& change = {}, u64 address = kCode);
Outcome run(const Case& c);
inline Outcome run64(const Bytes& code, const Change& change = {}) {
  return run(makeCase(World::User64, code, change));
}
inline Outcome run32(const Bytes& code, const Change& change = {}) {
  return run(makeCase(World::User32, code, change));
}

// "#BP at 10000001", with error code and CR2 where there are: what a test compares.
std::string say(const Outcome& outcome);
// What it says when `code` ran to the INT3 after it.
std::string ranThrough(size_t codeSize);

}  // namespace duet::diff::test
