// The remote serial protocol, packet by packet (gdb manual, appendix E).
#include "ui/monitor/gdb/session.h"

#include <gmock/gmock.h>

#include "tests/unit/gdb/fake_target.h"
#include "ui/monitor/gdb/registers.h"

namespace duet::ui::gdb {
namespace {

using test::FakeTarget;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kRun = VcpuMotion::Run;
constexpr auto kStep = VcpuMotion::Step;
constexpr auto kStay = VcpuMotion::Stay;
using Motions = std::vector<VcpuMotion>;

class GdbSession : public testing::Test {
 protected:
  void input(std::string_view text) {
    session.input({reinterpret_cast<const u8*>(text.data()), text.size()});
  }
  std::string raw(std::string_view text) {
    input(text);
    return session.takeOutput();
  }
  // Sends a packet; the payload of the answer, which must be framed right. "none": no answer.
  std::string ask(std::string_view payload) { return payloadOf(raw(frame(payload))); }
  std::string eventually(const StopEvent& event) {
    session.event(event);
    return payloadOf(session.takeOutput());
  }
  static std::string payloadOf(std::string text) {
    if (text.starts_with('+')) text.erase(0, 1);
    if (text.empty()) return "none";
    EXPECT_GE(text.size(), 4u);
    const std::string payload = text.substr(1, text.size() - 4);
    EXPECT_EQ(text, frame(payload));
    return payload;
  }
  static StopEvent debug(unsigned vcpu, DebugStop stop) { return {StopEvent::Kind::Debug, vcpu, stop, 0}; }
  static size_t numberOf(std::string_view name) {
    const auto& all = registers();
    return static_cast<size_t>(
        std::find_if(all.begin(), all.end(), [&](const Register& r) { return r.name == name; }) -
        all.begin());
  }
  std::string readRegister(std::string_view name) { return ask(fmt::format("p{:x}", numberOf(name))); }
  std::string writeRegister(std::string_view name, std::string_view hex) {
    return ask(fmt::format("P{:x}={}", numberOf(name), hex));
  }

  FakeTarget target;
  Session session{target};
};

// --- framing

TEST_F(GdbSession, Acknowledges) {
  EXPECT_EQ(raw("$qC#b4"), "+$QC1#c5");
  EXPECT_EQ(raw("$qC#00"), "-") << "wrong sum";
  EXPECT_EQ(raw("-"), "$QC1#c5") << "once more";
  EXPECT_EQ(raw("+"), "");
  EXPECT_EQ(raw("noise$qC#B4"), "+$QC1#c5") << "capitals";
  EXPECT_EQ(raw("$lost$qC#b4"), "+$QC1#c5") << "a packet that never ended";
}

TEST_F(GdbSession, RepeatsAreNotMultiplied) {
  target.memory.assign(FakeTarget::kMemory, 1);
  ask("m1000,7000");
  EXPECT_LT(raw(std::string(4096, '-')).size(), 3 * kMaxPacket);
}

TEST_F(GdbSession, NoAckMode) {
  EXPECT_EQ(raw("$QStartNoAckMode#b0"), "+$OK#9a");
  EXPECT_EQ(raw("$qC#b4"), "$QC1#c5");
  EXPECT_EQ(raw("$qC#00"), "$QC1#c5") << "sums mean nothing now";
  EXPECT_EQ(raw("-"), "");
}

TEST_F(GdbSession, UnknownPacketsGetTheEmptyAnswer) {
  for (const char* packet :
       {"", "!", "vMustReplyEmpty", "qTStatus", "QNonStop:0", "R00", "b", "i", "vFile:open:"})
    EXPECT_EQ(ask(packet), "") << packet;
}

TEST_F(GdbSession, TooLongPacketsAreRefusedAndForgotten) {
  EXPECT_EQ(payloadOf(raw("$" + std::string(kMaxPacket + 1, 'm') + "#00")), "E07");
  EXPECT_EQ(ask("qC"), "QC1");
}

TEST_F(GdbSession, PacketsInPieces) {
  std::string out;
  for (const char c : frame("qC")) out += raw(std::string_view(&c, 1));
  EXPECT_EQ(out, "+$QC1#c5");
}

// --- what it says of itself

TEST_F(GdbSession, Features) {
  const std::string reply = ask("qSupported:multiprocess+;swbreak+;xmlRegisters=i386");
  EXPECT_THAT(reply, HasSubstr("PacketSize=10000;"));
  for (const char* word :
       {"QStartNoAckMode+", "qXfer:features:read+", "vContSupported+", "swbreak+", "hwbreak+"})
    EXPECT_THAT(reply, HasSubstr(word));
}

TEST_F(GdbSession, DescriptionComesInParts) {
  std::string xml;
  for (;;) {
    const std::string part = ask(fmt::format("qXfer:features:read:target.xml:{:x},100", xml.size()));
    ASSERT_FALSE(part.empty());
    xml += part.substr(1);
    if (part[0] == 'l') break;
    ASSERT_EQ(part[0], 'm');
  }
  EXPECT_EQ(xml, targetXml());
  EXPECT_THAT(xml, HasSubstr("<architecture>i386:x86-64</architecture>"));
  EXPECT_EQ(ask("qXfer:features:read:other.xml:0,100"), "E00");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:ffffffff,100"), "E16");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:0"), "E16");
}

TEST_F(GdbSession, RegistersArriveInOneOrder) {
  u64 bytes = 0;
  for (const Register& r : registers()) bytes += r.bytes();
  for (const u64 efer : {u64{0}, u64{0x500}}) {  // the same length in every mode
    target.states[0].msr.efer = efer;
    EXPECT_EQ(ask("g").size(), 2 * bytes);
  }
  target.states[0].gpr[kRbx] = 0x1122334455667788;
  EXPECT_EQ(ask("g").substr(16, 16), "8877665544332211") << "rbx is the second";
  EXPECT_EQ(ask("p1"), "8877665544332211");
}

TEST_F(GdbSession, Threads) {
  EXPECT_EQ(ask("qfThreadInfo"), "m1,2");
  EXPECT_EQ(ask("qsThreadInfo"), "l");
  EXPECT_EQ(ask("T2"), "OK");
  EXPECT_EQ(ask("T3"), "E16");
  EXPECT_EQ(ask("T0"), "E16");
  target.states[1].activity = Activity::WaitForSipi;
  EXPECT_EQ(ask("qThreadExtraInfo,2"), toHex(std::string_view("vCPU 1 [waits for SIPI]")));
  EXPECT_EQ(ask("Hg2"), "OK");
  EXPECT_EQ(ask("qC"), "QC2");
  target.states[1].gpr[kRax] = 5;
  EXPECT_EQ(ask("p0"), "0500000000000000");
  EXPECT_EQ(ask("Hg0"), "OK");
  EXPECT_EQ(ask("qC"), "QC2") << "any thread: the same one";
  EXPECT_EQ(ask("Hg-1"), "OK");
  EXPECT_EQ(ask("Hgp1.1"), "OK");
  EXPECT_EQ(ask("qC"), "QC1");
  for (const char* bad : {"H", "Hg", "Hgz", "Hg3", "Hx1", "Hgffffffffffffffff"})
    EXPECT_EQ(ask(bad), "E16") << bad;
}

// --- registers

TEST_F(GdbSession, WritesRegisters) {
  EXPECT_EQ(writeRegister("r15", "0102030405060708"), "OK");
  EXPECT_EQ(target.states[0].gpr[kR15], 0x0807060504030201u);
  EXPECT_EQ(writeRegister("cr0", "0000008000000000"), "E16") << "no such state";
  EXPECT_EQ(target.states[0].cr0, 0u);
  EXPECT_EQ(writeRegister("gs_base", "0000000080ffffff"), "OK");
  EXPECT_EQ(target.states[0].segment[kSegGs].base, 0xffffff8000000000u);
  for (const char* bad : {"P0", "P0=", "P0=00", "P0=zz00000000000000", "Pffff=00", "P", "pffff", "p", "p0x"})
    EXPECT_EQ(ask(bad), "E16") << bad;
}

TEST_F(GdbSession, WritesAllOrTheFirstRegisters) {
  std::string all = ask("g");
  all.replace(0, 16, "8877665544332211");
  EXPECT_EQ(ask("G" + all), "OK");
  EXPECT_EQ(target.states[0].gpr[kRax], 0x1122334455667788u);
  EXPECT_EQ(ask("g"), all);
  EXPECT_EQ(ask("G0100000000000000"), "OK");
  EXPECT_EQ(target.states[0].gpr[kRax], 1u);
  EXPECT_EQ(ask("G01"), "E16");
  EXPECT_EQ(ask("G" + all + "00"), "E16");
  EXPECT_EQ(ask("G0"), "E16");
}

TEST_F(GdbSession, SelectorsOfRealModeTakeTheirBase) {
  EXPECT_EQ(writeRegister("ds", "34120000"), "OK");
  EXPECT_EQ(target.states[0].segment[kSegDs].base, 0x12340u);
  target.states[0].cr0 = 1;
  EXPECT_EQ(writeRegister("ds", "10000000"), "OK");
  EXPECT_EQ(target.states[0].segment[kSegDs].base, 0x12340u);
}

TEST_F(GdbSession, LinearPc) {
  target.states[0].rip = 0xfff0;
  target.states[0].segment[kSegCs].base = 0xffff0000;
  EXPECT_EQ(readRegister("rip"), "f0ff000000000000");
  EXPECT_EQ(readRegister("linear_pc"), "f0ffffff00000000");
}

TEST_F(GdbSession, FloatingPointAndVectors) {
  CpuState& s = target.states[0];
  std::fill(s.xsave.begin(), s.xsave.begin() + 512, u8{0xee});  // stale: XSTATE_BV says initial
  EXPECT_EQ(readRegister("fctrl"), "7f030000");
  EXPECT_EQ(readRegister("ftag"), "ffff0000");
  EXPECT_EQ(readRegister("xmm3"), std::string(32, '0'));
  // st0 = 1.0, st1 = 0, the rest empty; TOP = 6.
  EXPECT_EQ(writeRegister("st0", "0000000000000080ff3f"), "OK");
  EXPECT_EQ(s.xsave[512], 1) << "x87 is in use now";
  EXPECT_EQ(readRegister("st3"), std::string(20, '0')) << "and no stale byte with it";
  EXPECT_EQ(writeRegister("fstat", "00300000"), "OK");
  EXPECT_EQ(writeRegister("ftag", "ff4f0000"), "OK");  // R7 zero (01), R6 valid (00), others empty
  EXPECT_EQ(s.xsave[4], 0xc0);
  EXPECT_EQ(readRegister("ftag"), "ff4f0000");
  EXPECT_EQ(writeRegister("ymm15h", "000102030405060708090a0b0c0d0e0f"), "OK");
  EXPECT_EQ(s.xsave[kXsaveAvxOffset + 15 * 16 + 9], 9);
  EXPECT_EQ(s.xsave[512], 5);
}

// --- memory

TEST_F(GdbSession, ReadsAndWritesMemory) {
  EXPECT_EQ(ask("M1010,3:010203"), "OK");
  EXPECT_EQ(target.memory[0x11], 2);
  EXPECT_EQ(ask("m1010,4"), "01020300");
  EXPECT_EQ(ask("Hg2"), "OK");
  EXPECT_EQ(ask("m2010,2"), "0102") << "by the other vCPU's tables";
  EXPECT_EQ(ask("Hg1"), "OK");
  EXPECT_EQ(ask("m10fff,4"), "00") << "the part that is there";
  EXPECT_EQ(ask("m900000,4"), "E0e");
  EXPECT_EQ(ask("M900000,1:00"), "E0e");
  EXPECT_EQ(ask("m1000,fffffff").size(), kMaxPacket - 32) << "one packet's worth";
  for (const char* bad :
       {"m", "m1000", "m1000,", "m,4", "m1000,4x", "M1000,2:00", "M1000,1:0", "M1000,1:zz", "M1000"})
    EXPECT_EQ(ask(bad), "E16") << bad;
}

TEST_F(GdbSession, BinaryMemory) {
  EXPECT_EQ(ask("X1000,0:"), "OK") << "gdb asks whether it is there";
  EXPECT_EQ(ask("X1000,4:}\x03}\x04}]z"), "OK");
  EXPECT_EQ(target.memory[0], '#');
  EXPECT_EQ(target.memory[1], '$');
  EXPECT_EQ(target.memory[2], '}');
  EXPECT_EQ(target.memory[3], 'z');
  EXPECT_EQ(ask("x1000,4"), "b}\x03}\x04}]z");
  EXPECT_EQ(ask("X1000,2:z"), "E16");
}

TEST_F(GdbSession, PhysicalMode) {
  target.memory[0x20] = 0x99;
  EXPECT_EQ(ask("qqemu.PhyMemMode"), "0");
  EXPECT_EQ(ask("Qqemu.PhyMemMode:1"), "OK");
  EXPECT_EQ(ask("qqemu.PhyMemMode"), "1");
  EXPECT_EQ(ask("m20,1"), "99");
  EXPECT_EQ(ask("M20,1:42"), "OK");
  EXPECT_EQ(target.memory[0x20], 0x42);
  EXPECT_EQ(ask("Qqemu.PhyMemMode:0"), "OK");
  EXPECT_EQ(ask("m1020,1"), "42");
  EXPECT_EQ(ask("Qqemu.PhyMemMode:2"), "E16");
}

// --- breakpoints

TEST_F(GdbSession, BreakpointsAndWatchpoints) {
  EXPECT_EQ(ask("Z0,1000,1"), "OK");
  EXPECT_EQ(ask("Z1,ffffffff81000000,1"), "OK");
  EXPECT_EQ(ask("Z2,2000,8"), "OK");
  EXPECT_EQ(ask("Z3,3000,1"), "OK");
  EXPECT_EQ(ask("Z4,4000,2;X1,00"), "OK");
  EXPECT_EQ(target.controls.breakpoints, (std::vector{LinearAddr(0x1000), LinearAddr(0xffffffff81000000)}));
  EXPECT_EQ(target.controls.watchpoints,
            (std::vector<Watchpoint>{{LinearAddr(0x2000), 8, WatchKind::Write},
                                     {LinearAddr(0x3000), 1, WatchKind::Read},
                                     {LinearAddr(0x4000), 2, WatchKind::Access}}));
  for (const char* gone :
       {"z0,1000,1", "z1,ffffffff81000000,1", "z2,2000,8", "z3,3000,1", "z4,4000,2", "z0,77,1"})
    EXPECT_EQ(ask(gone), "OK");
  EXPECT_TRUE(target.controls.empty());
  EXPECT_EQ(ask("Z5,0,1"), "");
  for (const char* bad : {"Z", "Z0", "Z0,", "Z0,1", "Z2,0,0", "Z2,ffffffffffffffff,2"})
    EXPECT_EQ(ask(bad), "E16") << bad;
}

TEST_F(GdbSession, BreakpointsHaveALimit) {
  std::string reply;
  for (unsigned i = 0; i < 5000 && (reply = ask(fmt::format("Z0,{:x},1", i))) == "OK";) ++i;
  EXPECT_EQ(reply, "E1c");
}

// --- going on

TEST_F(GdbSession, StepBits) {
  EXPECT_EQ(ask("qqemu.sstepbits"), "ENABLE=1,NOIRQ=2,NOTIMER=4");
  EXPECT_EQ(ask("qqemu.sstep"), "0x3");
  ask("s");
  EXPECT_EQ(target.motions.back().stepEvents, StepEvents::HoldBack);
  EXPECT_TRUE(target.motions.back().clockDuringSteps);
  eventually(debug(0, {DebugStop::Cause::Step, {}, {}}));
  EXPECT_EQ(ask("Qqemu.sstep=0x5"), "OK");
  ask("s");
  EXPECT_EQ(target.motions.back().stepEvents, StepEvents::Take);
  EXPECT_FALSE(target.motions.back().clockDuringSteps);
  eventually(debug(0, {DebugStop::Cause::Step, {}, {}}));
  EXPECT_EQ(ask("Qqemu.sstep=8"), "E16");
}

TEST_F(GdbSession, ThreadsGoTheirOwnWays) {
  EXPECT_EQ(ask("vCont?"), "vCont;c;C;s;S;t;r");
  const StopEvent stepped = debug(0, {DebugStop::Cause::Step, {}, {}});
  const std::pair<const char*, Motions> cases[] = {{"vCont;c", {kRun, kRun}},
                                                   {"vCont;s:1", {kStep, kStay}},
                                                   {"vCont;s:1;c", {kStep, kRun}},
                                                   {"vCont;c:2;s:2;t", {kStay, kRun}},
                                                   {"vCont;S05:2;C05:-1", {kRun, kStep}},
                                                   {"vCont;c:p1.2", {kStay, kRun}},
                                                   {"vCont;r400,500:2", {kStay, kStep}},
                                                   {"c", {kRun, kRun}},
                                                   {"s", {kStep, kStay}}};
  for (const auto& [packet, motions] : cases) {
    EXPECT_EQ(ask(packet), "none") << packet;
    EXPECT_EQ(target.motions.back().vcpus, motions) << packet;
    EXPECT_EQ(eventually(stepped), "T05thread:1;");
  }
  ask("Hc2");
  ask("c1234");
  EXPECT_EQ(target.motions.back().vcpus, (Motions{kStay, kRun}));
  EXPECT_EQ(target.states[1].rip, 0x1234u);
  eventually(stepped);
  const size_t before = target.motions.size();
  for (const char* bad :
       {"vCont;", "vCont;x", "vCont;c:9", "vCont;c:", "vCont;cc", "vCont;C", "vCont;r1", "C", "S"})
    EXPECT_EQ(ask(bad), "E16") << bad;
  EXPECT_EQ(target.motions.size(), before);
}

TEST_F(GdbSession, StopReasons) {
  ask("qSupported:swbreak+;hwbreak+");
  ask("Z0,1000,1");
  ask("Z1,2000,1");
  EXPECT_EQ(ask("?"), "T02thread:1;");
  ask("vCont;c");
  target.states[1].rip = 0x1000;
  EXPECT_EQ(eventually(debug(1, {DebugStop::Cause::Breakpoint, LinearAddr(0x1000), {}})),
            "T05thread:2;swbreak:;");
  EXPECT_EQ(ask("?"), "T05thread:2;swbreak:;");
  EXPECT_EQ(ask("qC"), "QC2");
  ask("vCont;c");
  target.states[0].rip = 0x2000;
  EXPECT_EQ(eventually(debug(0, {DebugStop::Cause::Breakpoint, LinearAddr(0x2000), {}})),
            "T05thread:1;hwbreak:;");
  ask("vCont;c");
  target.states[0].rip = 0x10;  // CS base ff0h
  EXPECT_EQ(eventually(debug(0, {DebugStop::Cause::Breakpoint, LinearAddr(0x1000), {}})), "T05thread:1;");
  const std::pair<WatchKind, const char*> kinds[] = {
      {WatchKind::Write, "watch"}, {WatchKind::Read, "rwatch"}, {WatchKind::Access, "awatch"}};
  for (const auto& [kind, word] : kinds) {
    ask("vCont;c");
    EXPECT_EQ(eventually(debug(1, {DebugStop::Cause::Watchpoint, LinearAddr(0xabc0), kind})),
              fmt::format("T05thread:2;{}:abc0;", word));
  }
}

TEST_F(GdbSession, OldGdbsHearNoReason) {
  ask("qSupported");
  ask("Z0,1000,1");
  ask("c");
  target.states[0].rip = 0x1000;
  EXPECT_EQ(eventually(debug(0, {DebugStop::Cause::Breakpoint, LinearAddr(0x1000), {}})), "T05thread:1;");
}

TEST_F(GdbSession, RangeSteppingGoesOnByItself) {
  ask("vCont;r400,410:1");
  const StopEvent step = debug(0, {DebugStop::Cause::Step, {}, {}});
  target.states[0].rip = 0x40f;
  EXPECT_EQ(eventually(step), "none");
  EXPECT_EQ(target.motions.size(), 2u);
  target.states[0].rip = 0x410;
  EXPECT_EQ(eventually(step), "T05thread:1;");
  ask("vCont;r400,410:1");
  target.states[0].rip = 0x405;
  EXPECT_EQ(raw("\x03"), "");
  EXPECT_EQ(eventually(step), "T05thread:1;") << "Ctrl-C counts, whoever was first";
}

TEST_F(GdbSession, CtrlC) {
  raw("\x03");
  EXPECT_EQ(target.stops, 0) << "it stands";
  ask("c");
  raw("\x03");
  EXPECT_EQ(target.stops, 1);
  EXPECT_EQ(eventually({}), "T02thread:1;");
}

TEST_F(GdbSession, RunningMachineIsBusy) {
  ask("c");
  for (const char* packet : {"g", "m0,1", "?", "vCont;c", "Z0,0,1", "qC"})
    EXPECT_EQ(ask(packet), "E10") << packet;
  EXPECT_EQ(target.motions.size(), 1u);
}

// --- the end

TEST_F(GdbSession, Detach) {
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_EQ(target.detached, 2);
  EXPECT_TRUE(session.over());
  EXPECT_TRUE(session.detached());
  EXPECT_EQ(raw("$qC#b4"), "");
}

TEST_F(GdbSession, Kill) {
  EXPECT_EQ(ask("vKill;1"), "OK");
  EXPECT_EQ(target.ends, 1);
  EXPECT_TRUE(session.over());
  Session other{target};
  other.input({reinterpret_cast<const u8*>("$k#6b"), 5});
  EXPECT_EQ(other.takeOutput(), "+");
  EXPECT_EQ(target.ends, 2);
}

TEST_F(GdbSession, EndOfTheMachine) {
  ask("c");
  EXPECT_EQ(eventually({StopEvent::Kind::Ended, 0, {}, 7}), "W07");
  EXPECT_TRUE(session.over());
}

TEST_F(GdbSession, MonitorCommands) {
  const auto monitor = [&](std::string_view text) {
    return fromHex(ask("qRcmd," + toHex(text))).value_or("no hex");
  };
  EXPECT_THAT(monitor("help"), HasSubstr("system_reset"));
  EXPECT_EQ(ask("qRcmd," + toHex(std::string_view("system_reset"))), "OK");
  EXPECT_EQ(target.resets, 1);
  target.states[1].activity = Activity::Halted;
  target.states[1].rip = 0x1234;
  EXPECT_THAT(monitor("info cpus"), HasSubstr("vCPU 1: halted at 0x1234\n"));
  EXPECT_THAT(monitor("bogus"), StartsWith("unknown command 'bogus'"));
  EXPECT_EQ(ask("qRcmd," + toHex(std::string_view("quit"))), "OK");
  EXPECT_EQ(target.ends, 1);
  EXPECT_EQ(ask("qRcmd,abc"), "E16");
}

}  // namespace
}  // namespace duet::ui::gdb
