// What counts as a difference, what is known, and how it is told.
#include "tools/diff/compare/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tests/unit/diff/sample.h"
#include "tools/diff/compare/known.h"
#include "tools/diff/compare/state_fields.h"

namespace duet::diff::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Decoder kDecoder{hostFeatures(), CpuVendor::Amd};

Outcome outcome(const Case& c) {
  Outcome o;
  o.ending = Ending::Exception;
  o.exception = {kExcBP, false, 0};
  o.after = c.start;
  return o;
}

std::vector<std::string> fieldsOf(const Case& c, const Outcome& l, const Outcome& r) {
  std::vector<std::string> names;
  for (const Difference& d : differences(c, l, r)) names.push_back(d.field);
  EXPECT_EQ(same(c, l, r), names.empty());
  return names;
}

void setBv(Outcome& o, u64 components) { std::memcpy(&o.after.xsave[512], &components, 8); }

TEST(DiffCompare, EveryUserValueCounts) {
  const Case c = sampleCase({0x90});
  for (const StateField& field : stateFields()) {
    if (!field.user || field.name == "xstate_bv") continue;
    Outcome l = outcome(c), r = outcome(c);
    setBv(l, 7);
    setBv(r, 7);
    l.after.xsave[2] = r.after.xsave[2] = 0x80;  // FSW.ES: the pointers count
    field.in(r.after)[0] ^= 0x10;
    const auto names = fieldsOf(c, l, r);
    ASSERT_EQ(names.size(), 1u) << field.name;
    EXPECT_EQ(names[0], field.name == "rflags" ? "flags.af" : field.name);
  }
}

TEST(DiffCompare, QuietX87PointersDoNot) {
  const Case c = sampleCase({0x90});
  Outcome l = outcome(c), r = outcome(c);
  setBv(l, 7);
  setBv(r, 7);
  r.after.xsave[8] = 1;
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre());
}

TEST(DiffCompare, NullSelectorsAreOne) {
  const Case c = sampleCase({0x90});
  Outcome l = outcome(c), r = outcome(c);
  r.after.segment[kSegEs].selector = 3;
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre());
}

TEST(DiffCompare, EverySystemValueCounts) {
  Case c = sampleCase({0x90});
  c.world = World::System;
  for (const StateField& field : stateFields()) {
    if (field.name == "xstate_bv" || field.name == "msr.tsc_offset" || field.name == "msr.tsc_adjust")
      continue;
    Outcome l = outcome(c), r = outcome(c);
    setBv(l, 7);
    setBv(r, 7);
    field.in(r.after)[0] ^= 1;
    EXPECT_EQ(fieldsOf(c, l, r).size(), 1u) << field.name;
  }
}

TEST(DiffCompare, InitialComponentsAreTheSameHoweverMarked) {
  const Case c = sampleCase({0x90});
  Outcome l = outcome(c), r = outcome(c);
  setBv(l, 0);
  setBv(r, 7);
  l.after.xsave[160] = 0x55;  // not in use: no value
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre());
  r.after.xsave[kXsaveAvxOffset] = 1;
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre("ymm0h"));
}

TEST(DiffCompare, EndingsExceptionsAndMemory) {
  const Case c = sampleCase({0x90});
  Outcome l = outcome(c), r = outcome(c);
  r.exception = {kExcGP, true, 8};
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre("exception", "error code"));
  r = outcome(c);
  l.writes = {{kData, {1, 2}}};
  r.writes = {{kData + 1, {2, 3}}};
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre("memory 0x30001000", "memory 0x30001002"));
  r.ending = Ending::Steps;
  EXPECT_FALSE(same(c, l, r));
  l.ending = Ending::Steps;
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre());
  l.ending = Ending::Unsupported;
  EXPECT_FALSE(comparable(l, r));
}

TEST(DiffCompare, ThePresentBitAboveTheUserHalfIsTheEnginesOwn) {
  const Case c = sampleCase({0x90});
  Outcome l = outcome(c), r = outcome(c);
  l.exception = {kExcPF, true, kPfUser};
  r.exception = {kExcPF, true, kPfUser | kPfPresent};
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre("error code"));
  l.after.cr2 = r.after.cr2 = 0xffff800000000000;
  EXPECT_THAT(fieldsOf(c, l, r), ElementsAre());
}

TEST(DiffKnown, AnEntryExplainsOnlyWhatItNames) {
  const auto known =
      parseKnown("# comment\nshift | rol, C0 /1 ib | amd | flags.of, flags.a* | why | APM\n", "list");
  ASSERT_TRUE(known) << known.error().message;
  const Case c = sampleCase({0xc0, 0xc0, 0x05});  // ROL AL, 5
  EXPECT_NE(explain(*known, c, kDecoder, {{"flags.of", "0", "1"}, {"flags.af", "0", "1"}}), nullptr);
  EXPECT_EQ(explain(*known, c, kDecoder, {{"flags.of", "0", "1"}, {"rax", "0", "1"}}), nullptr);
  EXPECT_EQ(explain(*known, c, {hostFeatures(), CpuVendor::Intel}, {{"flags.of", "0", "1"}}), nullptr);
  EXPECT_EQ(explain(*known, sampleCase({0x90}), kDecoder, {{"flags.of", "0", "1"}}), nullptr);
}

TEST(DiffKnown, UndefinedEncodingsAreNamedByTheirDigits) {
  const auto known = parseKnown("lock | ~f00f00*, ~66f00f00* | any | exception | why | SDM", "list");
  ASSERT_TRUE(known) << known.error().message;
  const std::vector<Difference> found{{"exception", "6", "14"}};
  EXPECT_NE(explain(*known, sampleCase({0xf0, 0x0f, 0x00, 0x28}), kDecoder, found), nullptr);
  EXPECT_NE(explain(*known, sampleCase({0x66, 0xf0, 0x0f, 0x00, 0x28}), kDecoder, found), nullptr);
  EXPECT_EQ(explain(*known, sampleCase({0xf0, 0x0f, 0x01, 0x28}), kDecoder, found), nullptr);
}

TEST(DiffKnown, MistakesAreNamedByLine) {
  const auto message = [](const char* text) { return parseKnown(text, "list").error().message; };
  EXPECT_THAT(message("a | b | amd | c | d\n"), HasSubstr("list:1: 5 columns"));
  EXPECT_THAT(message("\na | b | arm | c | d | e\n"), HasSubstr("list:2: vendor \"arm\""));
  EXPECT_THAT(message("a | b | any | | d | e\n"), HasSubstr("empty column"));
  EXPECT_THAT(message("a|b|any|c|d|e\na|b|any|c|d|e\n"),
              HasSubstr("list:2: there is an entry \"a\" already"));
}

TEST(DiffListing, MarksWhatDiffers) {
  Case c = sampleCase({0x48, 0x01, 0xd8});
  c.start.gpr[kRax] = 1;
  Outcome l = outcome(c), r = outcome(c);
  l.after.gpr[kRax] = r.after.gpr[kRax] = 2;
  r.after.gpr[kRbx] = 7;
  l.writes = r.writes = {{kData + 2, {0xaa}}};
  const std::string text = report(c, kDecoder, "one", l, "other", r);
  EXPECT_THAT(text, HasSubstr("20000000  48 01 d8"));
  EXPECT_THAT(text, HasSubstr("add rax, rbx"));
  EXPECT_THAT(text, HasSubstr("\n  rax"));
  EXPECT_THAT(text, HasSubstr("\n* rbx"));
  EXPECT_THAT(text, HasSubstr("\n  [30001000]  0000000000000000  0000aa0000000000  0000aa0000000000"));
}

TEST(DiffStateFields, SetAndTextAgree) {
  CpuState s;
  for (const StateField& field : stateFields()) {
    ASSERT_TRUE(setField(field, s, "a5")) << field.name;
    EXPECT_EQ(fieldText(field, s), std::string(2 * field.size - 2, '0') + "a5");
    EXPECT_EQ(findStateField(field.name), &field);
    EXPECT_FALSE(setField(field, s, std::string(2 * field.size + 1, '1')));
    EXPECT_FALSE(setField(field, s, "g"));
    EXPECT_FALSE(setField(field, s, ""));
  }
}

}  // namespace
}  // namespace duet::diff::test
