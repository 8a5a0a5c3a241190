// Control instructions of the x87 unit and its memory images.
#include <string>

#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

void load(Guest& guest, const FullState& from) {
  x87Release(guest.state);
  std::memcpy(guest.xsave, from.xsave, sizeof guest.xsave);
  if (from.gpr[0] & 1) x87Acquire(guest.state);  // both places must do
}

// A random state, sometimes with an unmasked exception pending (images are made by no-wait instructions).
FullState randomState(Random& random) {
  FullState state;
  fillRandom(state, random);
  u16 control = static_cast<u16>(0x40 | (random() & 0xf3f)), status;
  std::memcpy(&status, state.xsave + 2, 2);
  if (status & ~control & 0x3f) status |= 0x8080;
  std::memcpy(state.xsave, &control, 2);
  std::memcpy(state.xsave + 2, &status, 2);
  std::memset(state.xsave + 6, 0, 18);  // pointers: checked by hand below
  return state;
}

struct Image {
  bool size16, whole;
  std::vector<u8> store, load;  // [rbx + 20h]
  u32 bytes() const { return whole ? x87ImageSize(size16) : environmentSize(size16); }
};

const Image kImages[] = {{false, false, {0xd9, 0x73, 0x20}, {0xd9, 0x63, 0x20}},
                         {true, false, {0x66, 0xd9, 0x73, 0x20}, {0x66, 0xd9, 0x63, 0x20}},
                         {false, true, {0xdd, 0x73, 0x20}, {0xdd, 0x63, 0x20}},
                         {true, true, {0x66, 0xdd, 0x73, 0x20}, {0x66, 0xdd, 0x63, 0x20}}};

void expectSameUnit(Guest& guest, const FullState& host) {
  x87Release(guest.state);
  EXPECT_EQ(std::memcmp(guest.xsave, host.xsave, 5), 0) << "FCW, FSW, FTW";
  for (unsigned i = 0; i < 8; ++i) {
    EXPECT_EQ(std::memcmp(guest.xsave + kXsSt0 + 16 * i, host.xsave + kXsSt0 + 16 * i, 10), 0) << "ST" << i;
  }
}

TEST(X87Image, StoreMatchesTheProcessor) {
  Random random(11);
  for (const Image& image : kImages) {
    for (unsigned round = 0; round < 50; ++round) {
      const FullState before = randomState(random);
      FullState host = before;
      u8 hostImage[108] = {}, ours[108] = {};
      host.gpr[kMemoryBase] = reinterpret_cast<u64>(hostImage) - kMemoryDisp;
      ASSERT_EQ(runOnHost(image.store, host), HostOutcome::Done);
      Guest guest;
      load(guest, before);
      if (image.whole) {
        storeX87(guest.state, ours, image.size16, true);
        initializeX87(guest.state);
      } else {
        storeEnvironment(guest.state, ours, image.size16, true);
        maskAllX87(guest.state);
      }
      const u32 pointerField = image.size16 ? 6 : 12;
      EXPECT_EQ(std::memcmp(ours, hostImage, pointerField), 0) << "control, status, tags";
      const u32 registers = environmentSize(image.size16);
      EXPECT_EQ(std::memcmp(ours + registers, hostImage + registers, image.bytes() - registers), 0);
      expectSameUnit(guest, host);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(X87Image, LoadMatchesTheProcessor) {
  Random random(12);
  for (const Image& image : kImages) {
    for (unsigned round = 0; round < 50; ++round) {
      FullState before;
      fillRandom(before, random);
      std::memset(before.xsave + 6, 0, 18);
      alignas(16) u8 bytes[108];
      for (u8& b : bytes) b = static_cast<u8>(random());
      FullState host = before;
      host.gpr[kMemoryBase] = reinterpret_cast<u64>(bytes) - kMemoryDisp;
      ASSERT_EQ(runOnHost(image.load, host), HostOutcome::Done);
      Guest guest;
      load(guest, before);
      (image.whole ? loadX87 : loadEnvironment)(guest.state, bytes, image.size16, true);
      expectSameUnit(guest, host);
      if (testing::Test::HasFailure()) return;
    }
  }
}

template <class T>
T at(const u8* image, u32 offset) {
  T v;
  std::memcpy(&v, image + offset, sizeof v);
  return v;
}

// SDM vol. 1 figures 8-9 to 8-12.
TEST(X87Image, PointersInEveryLayout) {
  Guest guest;
  recordInstruction(guest.state, 0x1234, 0x89abc, x87Opcode(0xdd, 0x5d));
  recordData(guest.state, 0x5678, 0x76543);
  u8 image[28];
  storeEnvironment(guest.state, image, false, true);
  EXPECT_EQ(at<u32>(image, 12), 0x89abcu);
  EXPECT_EQ(at<u16>(image, 16), 0x1234);
  EXPECT_EQ(at<u16>(image, 18), 0x55d);
  EXPECT_EQ(at<u32>(image, 20), 0x76543u);
  EXPECT_EQ(at<u16>(image, 24), 0x5678);
  storeEnvironment(guest.state, image, true, true);
  EXPECT_EQ(at<u16>(image, 6), 0x9abc);
  EXPECT_EQ(at<u16>(image, 8), 0x1234);
  EXPECT_EQ(at<u16>(image, 10), 0x6543);
  EXPECT_EQ(at<u16>(image, 12), 0x5678);

  recordInstruction(guest.state, 0x1234, 0x5678, 0x55d);  // linear 179B8h
  recordData(guest.state, 0xf000, 0xfff0);                // linear FFFF0h
  storeEnvironment(guest.state, image, false, false);
  EXPECT_EQ(at<u16>(image, 12), 0x79b8);
  EXPECT_EQ(at<u32>(image, 16), 0x1u << 12 | 0x55d);
  EXPECT_EQ(at<u16>(image, 20), 0xfff0);
  EXPECT_EQ(at<u32>(image, 24), 0xfu << 12);
  storeEnvironment(guest.state, image, true, false);
  EXPECT_EQ(at<u16>(image, 6), 0x79b8);
  EXPECT_EQ(at<u16>(image, 8), 0x155d);
  EXPECT_EQ(at<u16>(image, 10), 0xfff0);
  EXPECT_EQ(at<u16>(image, 12), 0xf000);
}

TEST(X87Image, EveryLayoutLoadsWhatItStored) {
  for (bool size16 : {false, true}) {
    for (bool protectedMode : {false, true}) {
      Guest guest;
      recordInstruction(guest.state, protectedMode ? 0x33 : 0x1000, 0x4321,
                        size16 && protectedMode ? 0 : 0x2ff);
      recordData(guest.state, protectedMode ? 0x2b : 0x2000, 0x8765);
      u8 first[28] = {}, second[28] = {};
      storeEnvironment(guest.state, first, size16, protectedMode);
      loadEnvironment(guest.state, first, size16, protectedMode);
      storeEnvironment(guest.state, second, size16, protectedMode);
      EXPECT_EQ(std::memcmp(first, second, sizeof first), 0) << size16 << protectedMode;
    }
  }
}

TEST(X87Image, FxsaveHasBothPointerForms) {
  Guest guest;
  recordInstruction(guest.state, 0x33, 0x7fff12345678, 0x123);
  recordData(guest.state, 0x2b, 0xffff800000001000);
  u8 image[512] = {};
  storeFxsaveX87(guest.state, image, true);
  EXPECT_EQ(at<u64>(image, 8), 0x7fff12345678u);
  EXPECT_EQ(at<u64>(image, 16), 0xffff800000001000u);
  storeFxsaveX87(guest.state, image, false);
  EXPECT_EQ(at<u32>(image, 8), 0x12345678u);
  EXPECT_EQ(at<u16>(image, 12), 0x33);
  EXPECT_EQ(at<u32>(image, 16), 0x1000u);
  EXPECT_EQ(at<u16>(image, 20), 0x2b);
  resetX87(guest.state);
  loadFxsaveX87(guest.state, image, false);
  u8 environment[28];
  storeEnvironment(guest.state, environment, false, true);
  EXPECT_EQ(at<u32>(environment, 12), 0x12345678u);
  EXPECT_EQ(at<u16>(environment, 16), 0x33);
  EXPECT_EQ(at<u16>(environment, 24), 0x2b);
}

TEST(X87Control, InitKeepsRegisterBits) {
  Guest guest;
  guest.run({0xd9, 0xe8});  // FLD1: R7
  guest.run({0xd9, 0xeb});  // FLDPI: R6
  initializeX87(guest.state);
  EXPECT_EQ(controlWord(guest.state), 0x37f);
  EXPECT_EQ(statusWord(guest.state), 0);
  EXPECT_EQ(guest.xsave[kXsFtw], 0);
  EXPECT_EQ(guest.st(7), 1.0L);  // TOP is 0 now
}

TEST(X87Control, ReleaseLeavesTheHostUnitClean) {
  Guest guest;
  guest.run({0xd9, 0xe8});
  EXPECT_TRUE(guest.state.x87Resident);
  x87Release(guest.state);
  u16 control = 0, status = 0xffff;
  asm volatile("fnstcw %0; fnstsw %1" : "=m"(control), "=m"(status));
  EXPECT_EQ(control, 0x37f);
  EXPECT_EQ(status, 0);
}

TEST(X87Stack, PushPopExchange) {
  Guest guest;
  double two = 2, three = 3, result = 0;
  guest.run({0xdd, 0x03}, &two);    // FLD m64
  guest.run({0xdd, 0x03}, &three);  // FLD m64
  guest.run({0xd9, 0xc9});          // FXCH ST1
  guest.run({0xde, 0xe9});          // FSUBP ST1: 3 - 2
  EXPECT_EQ(guest.run({0xdd, 0x1b}, &result), NativeResult::Ok);
  EXPECT_EQ(result, 1.0);
  EXPECT_EQ((statusWord(guest.state) >> 11) & 7, 0);
  for (unsigned i = 0; i < 9; ++i) guest.run({0xd9, 0xee});  // FLDZ nine times overflows the stack
  EXPECT_EQ(statusWord(guest.state) & 0x0241, 0x0241);       // C1, SF, IE
}

TEST(X87Stack, PrecisionAndRoundingControl) {
  Guest guest;
  const double one = 1, three = 3;
  float single = 0;
  setControlWord(guest.state, 0x0c3f | 0x40);  // single precision, toward zero
  guest.run({0xdd, 0x03}, const_cast<double*>(&one));
  guest.run({0xdc, 0x33}, const_cast<double*>(&three));  // FDIV m64
  guest.run({0xd9, 0x1b}, &single);
  EXPECT_EQ(single, 0x1.555554p-2f);
}

TEST(X87Mmx, TouchesTagsAndTop) {
  Guest guest;
  guest.run({0xd9, 0xe8});  // TOP = 7
  u64 value = 0x1122334455667788;
  guest.run({0x0f, 0x6f, 0x13}, &value);  // MOVQ mm2, m64
  x87Release(guest.state);
  EXPECT_EQ(guest.xsave[kXsFtw], 0xff);
  EXPECT_EQ(statusWord(guest.state) & 0x3800, 0);
  EXPECT_EQ(guest.state.area<u64>(kXsSt0 + 32), value);
  EXPECT_EQ(guest.state.area<u16>(kXsSt0 + 40), 0xffff);
  guest.run({0x0f, 0x77});  // EMMS
  x87Release(guest.state);
  EXPECT_EQ(guest.xsave[kXsFtw], 0);
}

}  // namespace
}  // namespace duet::tcg::test
