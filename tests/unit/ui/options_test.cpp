#include "ui/app/options.h"

#include <gtest/gtest.h>

#include "ui/app/option_table.h"

namespace duet::ui {
namespace {

Options parsed(const std::vector<std::string>& arguments) {
  auto outcome = parseOptions(arguments);
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
  return outcome ? outcome->options : Options{};
}

std::string refusal(const std::vector<std::string>& arguments) {
  auto outcome = parseOptions(arguments);
  EXPECT_FALSE(outcome) << arguments[0];
  return outcome ? "" : outcome.error().message;
}

TEST(Options, Tier) {
  EXPECT_EQ(parsed({"-accel", "tcg"}).accel.tier, "");
  EXPECT_EQ(parsed({"-accel", "tcg,tier=baseline"}).accel.tier, "baseline");
  EXPECT_EQ(parsed({"-accel", "tcg,tier=llvm"}).accel.tier, "llvm");
  EXPECT_NE(refusal({"-accel", "tcg,tier=fast"}).find("baseline"), std::string::npos);
}

TEST(Options, QemusGrammar) {
  const Options o = parsed({"-m", "1G", "--smp=4", "-kernel", "k", "-append", "a=b c", "-initrd", "x,y",
                            "-nographic", "-no-reboot", "-serial", "null", "-serial", "file:log"});
  EXPECT_EQ(o.memoryBytes, 1_GiB);
  EXPECT_EQ(o.topology.count(), 4u);
  EXPECT_EQ(o.append, "a=b c");
  EXPECT_EQ(o.initrd, "x,y");
  EXPECT_TRUE(o.nographic && o.noReboot && !o.noShutdown);
  EXPECT_EQ(o.serial, (std::vector<std::string>{"null", "file:log"}));
}

TEST(Options, TheLastOneWins) { EXPECT_EQ(parsed({"-m", "1G", "-m", "2G"}).memoryBytes, 2_GiB); }

TEST(Options, Topology) {
  EXPECT_EQ(parsed({"-smp", "8,sockets=2,threads=2"}).topology.cores, 2u);
  EXPECT_EQ(parsed({"-smp", "sockets=2,cores=3"}).topology.count(), 6u);
  EXPECT_NE(refusal({"-smp", "4,cores=3"}).find("not 4"), std::string::npos);
  refusal({"-smp", "0"});
  refusal({"-smp", "256"});
  refusal({"-smp", "2,maxcpus=4"});
  refusal({"-smp", "4,cpus=4"});
}

TEST(Options, Hpet) {
  EXPECT_TRUE(parsed({}).hpet);
  EXPECT_FALSE(parsed({"-machine", "q35,hpet=off"}).hpet);
  EXPECT_TRUE(parsed({"-no-hpet", "-machine", "hpet=on"}).hpet);
  refusal({"-machine", "hpet=maybe"});
}

TEST(Options, ErrorsNameTheOptionAndTheNearest) {
  EXPECT_NE(refusal({"-kernal", "x"}).find("'-kernel'"), std::string::npos);
  EXPECT_NE(refusal({"-kernel"}).find("-kernel FILE"), std::string::npos);
  EXPECT_NE(refusal({"-device", "isa-debug-exti"}).find("isa-debug-exit"), std::string::npos);
  EXPECT_NE(refusal({"-nographic=yes"}).find("-nographic"), std::string::npos);
  EXPECT_NE(refusal({"disk.img"}).find("disk.img"), std::string::npos);
  refusal({"-m", "0"});
  refusal({"-m", "1P"});
  refusal({"-accel", "kvm:xen"});
  refusal({"-accel", "kvm:"});
  refusal({"-host-report=xml"});
  refusal({"-initrd", "x"});
  refusal({"-accel", "tcg,deterministic=on", "-smp", "2"});
}

TEST(Options, SwitchAfterIsInstructionsOrMilliseconds) {
  EXPECT_FALSE(parsed({"-accel", "tcg"}).accel.switchAfter.any());
  EXPECT_EQ(parsed({"-accel", "tcg,switch-after=5000"}).accel.switchAfter.instructions, 5000u);
  const SwitchAfter time = parsed({"-accel", "kvm,switch-after=50ms"}).accel.switchAfter;
  EXPECT_EQ(time.milliseconds, 50u);
  EXPECT_EQ(time.instructions, 0u);
  for (const char* bad : {"0", "0ms", "ms", "5s", "50 ms", "-1", "1000000000001"})
    EXPECT_NE(refusal({"-accel", std::string("tcg,switch-after=") + bad}).find("switch-after"),
              std::string::npos);
  EXPECT_NE(refusal({"-accel", "tcg,deterministic=on,switch-after=5"}).find("deterministic"),
            std::string::npos);
}

TEST(Options, InterruptChipsOfTheKernel) {
  EXPECT_EQ(parsed({}).accel.kernelIrqchip, "");
  EXPECT_EQ(parsed({"-machine", "q35,kernel-irqchip=off"}).accel.kernelIrqchip, "off");
  EXPECT_EQ(parsed({"-accel", "kvm,kernel-irqchip=split"}).accel.kernelIrqchip, "split");
  EXPECT_EQ(parsed({"-machine", "kernel-irqchip=on"}).accel.kernelIrqchip, "on");
  EXPECT_NE(refusal({"-machine", "kernel-irqchip=splt"}).find("split"), std::string::npos);
  refusal({"-accel", "kvm,kernel-irqchip=yes"});
  EXPECT_FALSE(parsed({}).accel.haltPollNs);
  EXPECT_EQ(parsed({"-accel", "kvm,halt-poll-ns=0"}).accel.haltPollNs, 0u);
  refusal({"-accel", "kvm,halt-poll-ns=fast"});
  using Names = std::vector<std::string>;
  EXPECT_TRUE(parsed({}).accel.disableExits.empty());
  EXPECT_EQ(parsed({"-accel", "kvm,disable-exits=hlt+pause"}).accel.disableExits, (Names{"hlt", "pause"}));
  EXPECT_NE(refusal({"-accel", "kvm,disable-exits=hlt+paus"}).find("pause"), std::string::npos);
  refusal({"-accel", "kvm,disable-exits="});
  EXPECT_FALSE(parsed({}).accel.cpuPm);
  EXPECT_TRUE(parsed({"-overcommit", "cpu-pm=on"}).accel.cpuPm);
  EXPECT_FALSE(parsed({"-overcommit", "cpu-pm=on", "-overcommit", "cpu-pm=off"}).accel.cpuPm);
  refusal({"-overcommit", "cpu-pm"});
  refusal({"-overcommit", "mem-lock=on"});
  EXPECT_EQ(parsed({"-accel", "kvm,dirty-ring-size=4096"}).accel.dirtyRing, 4096u);
  refusal({"-accel", "kvm,dirty-ring-size=65537"});
}

TEST(Options, DevicesGetTheirDefaults) {
  const Options o = parsed({"-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-device", "pvpanic"});
  ASSERT_EQ(o.devices.size(), 2u);
  EXPECT_EQ(o.devices[0].properties.at("iobase"), "0xf4");
  EXPECT_EQ(o.devices[1].properties.at("ioport"), "0x505");
  refusal({"-device", "isa-debug-exit,iobase=0x10000"});
  refusal({"-device", "pvpanic,port=1"});
}

TEST(Options, HelpValuesPrintAndLeave) {
  for (const std::vector<std::string>& ask : {std::vector<std::string>{"-help"},
                                              {"-version"},
                                              {"-machine", "help"},
                                              {"-cpu", "help"},
                                              {"-accel", "help"},
                                              {"-device", "help"},
                                              {"-device", "pvpanic,help"},
                                              {"-display", "help"},
                                              {"-d", "help"},
                                              {"-rtc", "help"}}) {
    auto outcome = parseOptions(ask);
    ASSERT_TRUE(outcome) << ask[0];
    ASSERT_TRUE(outcome->printAndLeave) << ask[0];
    EXPECT_FALSE(outcome->printAndLeave->empty());
  }
}

TEST(Options, EveryTableRowIsInTheHelp) {
  const std::string usage = usageText();
  for (const OptionSpec& spec : optionTable())
    EXPECT_NE(usage.find("-" + std::string(spec.name)), std::string::npos) << spec.name;
}

// Every error is one line: what scripts and people read.
TEST(Options, ErrorsAreOneLine) {
  for (const OptionSpec& spec : optionTable()) {
    if (spec.argument.empty()) continue;
    for (const char* bad : {"", ",", "=", "x=y=z", ",,,", "help=1"}) {
      auto outcome = parseOptions({"-" + std::string(spec.name), bad});
      if (outcome) continue;
      EXPECT_EQ(outcome.error().message.find('\n'), std::string::npos) << spec.name << " " << bad;
    }
  }
}

TEST(Options, Gdb) {
  EXPECT_EQ(parsed({"-m", "1G"}).gdb.kind, gdb::Address::Kind::None);
  const Options o = parsed({"-s", "-S"});
  EXPECT_EQ(o.gdb.kind, gdb::Address::Kind::Tcp);
  EXPECT_EQ(o.gdb.port, "1234");
  EXPECT_TRUE(o.startPaused);
  EXPECT_EQ(parsed({"-s", "-gdb", "unix:/x"}).gdb.path, "/x");
  EXPECT_EQ(parsed({"-s", "-gdb", "none"}).gdb.kind, gdb::Address::Kind::None);
  EXPECT_EQ(refusal({"-gdb", "tcp:1"}).find("-gdb tcp:1: "), 0u);
}

}  // namespace
}  // namespace duet::ui
