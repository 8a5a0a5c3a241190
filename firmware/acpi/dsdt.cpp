#include "firmware/acpi/dsdt.h"

#include <fmt/format.h>

#include "firmware/acpi/aml.h"

namespace duet::firmware {
namespace {

using aml::arg, aml::integer, aml::name, aml::path, aml::Term, aml::Terms;

constexpr unsigned kWires = 8;
// Byte offset of the interrupt number in a template that holds one extended interrupt alone.
constexpr unsigned kInterruptNumberOffset = 5;

std::string linkName(unsigned wire) { return fmt::format("LNK{}", static_cast<char>('A' + wire)); }
std::string routeName(unsigned wire) { return fmt::format("PRQ{}", static_cast<char>('A' + wire)); }

Term hid(std::string_view id) { return name("_HID", aml::eisaId(id)); }
Term uid(u64 n) { return name("_UID", integer(n)); }
Term currentResources(const aml::Resources& r) { return name("_CRS", r.term()); }

Term pciResources(const AcpiConfig& config) {
  aml::Resources r;
  r.busNumbers(0, config.lastBus).io(0xcf8, 8);
  for (const AcpiWindow& w : config.ioWindows)
    r.ioWindow(static_cast<u16>(w.first), static_cast<u16>(w.last));
  for (const AcpiWindow& w : config.memoryWindows) {
    if (w.last <= 0xffffffff)
      r.memoryWindow32(static_cast<u32>(w.first), static_cast<u32>(w.last));
    else
      r.memoryWindow64(w.first, w.last);
  }
  return currentResources(r);
}

// One entry for each slot and pin: address, pin, source, index (ACPI 6.4 6.2.13).
Term routingTable(const char* tableName, const AcpiPciInterrupts& interrupts, bool apicMode) {
  Terms entries;
  for (u32 slot = 0; slot < 32; ++slot)
    for (u32 pin = 0; pin < 4; ++pin) {
      const u8 wire = interrupts.wire[slot][pin] % kWires;
      entries.push_back(aml::package({integer(slot << 16 | 0xffff), integer(pin),
                                      apicMode ? integer(0) : path("\\_SB." + linkName(wire)),
                                      integer(apicMode ? interrupts.firstGsi + wire : 0)}));
    }
  return name(tableName, aml::package(entries));
}

Terms pciInterruptRouting(const AcpiPciInterrupts& interrupts) {
  return {
      routingTable("PRTP", interrupts, false), routingTable("PRTA", interrupts, true),
      aml::method("_PRT", 0, {aml::iff(path("\\PICF"), {aml::ret(path("PRTA"))}), aml::ret(path("PRTP"))})};
}

Term isaBridge(const AcpiPciInterrupts& interrupts) {
  std::vector<aml::ByteField> fields;
  std::vector<std::string> names;
  names.reserve(kWires);
  for (unsigned w = 0; w < kWires; ++w) {
    names.push_back(routeName(w));
    fields.push_back({names.back(), interrupts.routeRegister[w]});
  }
  return aml::device(
      "ISA",
      {name("_ADR", integer(u64{interrupts.bridgeSlot} << 16 | interrupts.bridgeFunction)),
       aml::operationRegion("PIRQ", aml::RegionSpace::PciConfig, 0, 0x100), aml::byteFields("PIRQ", fields)});
}

Term linkDevice(unsigned wire, const std::vector<u32>& choices) {
  const Term route = path("\\_SB.PCI0.ISA." + routeName(wire));
  const Term off = integer(0x80);
  return aml::device(
      linkName(wire),
      {hid("PNP0C0F"), uid(wire + 1), name("_PRS", aml::Resources().interrupt(choices).term()),
       aml::method("_STA", 0,
                   {aml::iff(aml::bitAnd(route, off), {aml::ret(integer(9))}), aml::ret(integer(0xb))}),
       aml::method("_DIS", 0, {aml::bitOrInto(route, off, route)}),
       name("BUFC", aml::Resources().interrupt({0}).term()),
       aml::dwordField(path("BUFC"), kInterruptNumberOffset, "IRQN"),
       aml::method("_CRS", 0,
                   {aml::store(aml::bitAnd(route, integer(0xf)), path("IRQN")), aml::ret(path("BUFC"))}),
       aml::method(
           "_SRS", 1,
           {aml::dwordField(arg(0), kInterruptNumberOffset, "IRQS"), aml::store(path("IRQS"), route)})});
}

Terms legacyDevices(const AcpiConfig& config) {
  Terms out;
  u32 n = 0;
  for (const AcpiSerialPort& port : config.serialPorts) {
    ++n;
    out.push_back(aml::device(fmt::format("COM{}", n),
                              {hid("PNP0501"), uid(n), name("_STA", integer(0xf)),
                               currentResources(aml::Resources().io(port.port, 8).irq(port.irq))}));
  }
  if (config.keyboardController) {
    out.push_back(aml::device("KBD", {hid("PNP0303"), name("_STA", integer(0xf)),
                                      currentResources(aml::Resources().io(0x60, 1).io(0x64, 1).irq(1))}));
    out.push_back(aml::device(
        "MOU", {hid("PNP0F13"), name("_STA", integer(0xf)), currentResources(aml::Resources().irq(12))}));
  }
  if (config.rtc)
    out.push_back(
        aml::device("RTC", {hid("PNP0B00"), currentResources(aml::Resources().io(0x70, 8).irq(8))}));
  if (config.hpet)
    out.push_back(aml::device(
        "HPET", {hid("PNP0103"), uid(0),
                 currentResources(aml::Resources().memory32(static_cast<u32>(*config.hpet), 0x400))}));
  if (config.fwCfgPort)
    out.push_back(aml::device("FWCF", {name("_HID", aml::string("QEMU0002")), name("_STA", integer(0xb)),
                                       currentResources(aml::Resources().io(*config.fwCfgPort, 12))}));
  if (config.pvpanicPort)
    out.push_back(aml::device("PEVT", {name("_HID", aml::string("QEMU0001")), name("_STA", integer(0xf)),
                                       currentResources(aml::Resources().io(*config.pvpanicPort, 1))}));
  return out;
}

// Motherboard resources: what no driver may claim.
Term reservations(const AcpiConfig& config) {
  aml::Resources r;
  if (config.ecamBase) r.memory32(static_cast<u32>(config.ecamBase), (u32{config.lastBus} + 1) << 20);
  return aml::device("MBRD", {hid("PNP0C02"), uid(1), currentResources(r)});
}

Terms processors(const AcpiConfig& config) {
  Terms out;
  for (size_t i = 0; i < config.processors.size(); ++i)
    out.push_back(aml::device(fmt::format("C{:03X}", i), {name("_HID", aml::string("ACPI0007")), uid(i)}));
  return out;
}

// Who handles what of PCI Express (PCI firmware specification 4.5.1): the guest may have all of hot plug, power
// events, error reporting and the capability structure; there is nothing for firmware to do.
Term operatingSystemControl() {
  static const std::vector<u8> kHostBridgeUuid{0x5b, 0x4d, 0xdb, 0x33, 0xf7, 0x1f, 0x1c, 0x40,
                                               0x96, 0x57, 0x74, 0x41, 0xc0, 0x3d, 0xd7, 0x66};
  constexpr u64 kGranted = 0x1f, kUnknownUuid = 1 << 2, kUnknownRevision = 1 << 3;
  const Term status = path("CDW1"), control = path("CDW3");
  return aml::method(
      "_OSC", 4,
      {aml::dwordField(arg(3), 0, "CDW1"),
       aml::iff(aml::equal(arg(0), aml::buffer(kHostBridgeUuid)),
                {aml::dwordField(arg(3), 8, "CDW3"), aml::bitAndInto(control, integer(kGranted), control),
                 aml::iff(aml::equal(arg(1), integer(1)), {aml::ret(arg(3))}),
                 aml::bitOrInto(status, integer(kUnknownRevision), status), aml::ret(arg(3))}),
       aml::bitOrInto(status, integer(kUnknownUuid), status), aml::ret(arg(3))});
}

Term pciRoot(const AcpiConfig& config) {
  Terms body{hid("PNP0A08"),
             name("_CID", aml::eisaId("PNP0A03")),
             uid(0),
             name("_BBN", integer(0)),
             pciResources(config),
             operatingSystemControl()};
  for (Term& t : pciInterruptRouting(config.pciInterrupts)) body.push_back(std::move(t));
  body.push_back(isaBridge(config.pciInterrupts));
  return aml::device("PCI0", body);
}

}  // namespace

std::vector<u8> dsdtBody(const AcpiConfig& config) {
  Terms bus{pciRoot(config)};
  for (unsigned w = 0; w < kWires; ++w) bus.push_back(linkDevice(w, config.pciInterrupts.isaChoices));
  for (Term& t : legacyDevices(config)) bus.push_back(std::move(t));
  bus.push_back(reservations(config));
  for (Term& t : processors(config)) bus.push_back(std::move(t));
  const auto sleepState = [](const char* state, u8 type) {
    return name(state, aml::package({integer(type), integer(type), integer(0), integer(0)}));
  };
  return aml::concat({
      name("\\PICF", integer(0)),
      aml::method("\\_PIC", 1, {aml::store(arg(0), path("\\PICF"))}),
      sleepState("\\_S3", config.sleepType3),
      sleepState("\\_S5", config.sleepType5),
      aml::scope("\\_SB", bus),
  });
}

}  // namespace duet::firmware
