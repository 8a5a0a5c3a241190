// `-cpu NAME,±feature,feature=on|off,key=value`.
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "core/base/bits.h"
#include "core/base/log.h"
#include "core/base/suggest.h"
#include "core/cpu/cpu_model_table.h"
#include "core/cpu/kvm_registers.h"

namespace duet {

using namespace cpu_model;

struct CpuModel::Parser {
  CpuModel model;
  const FeatureSet& offered;
  FeatureSet wanted;     // named with + or =on
  FeatureSet refused;    // named with - or =off
  FeatureSet dropped;    // what the model has and the engine cannot run
  bool enforce = false;  // then that is an error
  bool hasFeature(Feature f) const { return model.features_.has(f); }

  Result<> base(std::string_view name);
  void addParavirtual();
  void named(const ModelRow& row);
  void identityOfHost(bool exact);
  Result<> word(std::string_view text);
  Result<> feature(std::string_view name, bool on);
  Result<> property(std::string_view key, std::string_view value);
  Result<> textProperty(std::string_view name, std::string_view value);
  Result<> numberProperty(std::string_view key, std::string_view name, std::string_view value);
  Result<bool> switchProperty(std::string_view name, bool on);
  Result<> switchOrFeature(std::string_view key, bool on);
  Result<> reportDropped() const;
  Result<> finish();
};

namespace {

std::vector<std::string_view> modelNames() {
  std::vector<std::string_view> names{"max", "host"};
  for (const ModelRow& row : modelTable()) names.push_back(row.name);
  return names;
}

std::vector<std::string_view> featureNames() {
  std::vector<std::string_view> names{"vendor",  "phys-bits", "tsc-frequency", "model-id", "host-phys-bits",
                                      "enforce", "check",     "migratable",    "pmu",      "kvm"};
  for (const FeatureInfo& info : featureTable()) names.push_back(info.name);
  return names;
}

std::string_view nameOf(Feature f) {
  for (const FeatureInfo& info : featureTable())
    if (info.feature == f) return info.name;
  return "base";
}

std::optional<bool> parseSwitch(std::string_view value) {
  if (value == "on" || value == "yes" || value == "true") return true;
  if (value == "off" || value == "no" || value == "false") return false;
  return std::nullopt;
}

std::optional<u64> parseNumber(std::string_view text) {
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

// `max`: the host's vendor, but a family and model every guest knows. `host`: all it says of itself.
void CpuModel::Parser::identityOfHost(bool exact) {
  const HostIdentity host = hostIdentity();
  model.vendor_ = host.vendor;
  const bool amd = host.vendor == CpuVendor::Amd;
  model.family_ = exact ? host.family : amd ? 0x17 : 6;
  model.model_ = exact ? host.model : amd ? 49 : 106;
  model.stepping_ = exact ? host.stepping : 0;
  model.brand_ = exact && !host.brand.empty() ? host.brand : "duet virtual processor";
  model.maxBasicLeaf_ = amd ? 0xd : 0x1f;
  model.physicalBits_ = exact ? host.physicalBits : std::min(host.physicalBits, 40u);
}

void CpuModel::Parser::named(const ModelRow& row) {
  model.name_ = row.name;
  model.vendor_ = row.vendor;
  model.family_ = row.family;
  model.model_ = row.model;
  model.stepping_ = row.stepping;
  model.brand_ = row.brand;
  model.maxBasicLeaf_ = row.maxBasicLeaf;
  model.features_ = featuresOf(row);
  model.physicalBits_ = hasFeature(Feature::Lm) ? 40 : hasFeature(Feature::Pse36) ? 36 : 32;
}

Result<> CpuModel::Parser::base(std::string_view name) {
  if (name == "max" || name == "host") {
    identityOfHost(name == "host");
    model.name_ = name;
    model.features_ = offered;
    model.features_.add(Feature::Hypervisor);
    // How the x87 unit behaves, not what it can do: as the host's does.
    for (const Feature f : {Feature::FdpExcptnOnly, Feature::ZeroFcsFds})
      if (!hostFeatures().has(f)) model.features_.remove(f);
    model.features_.remove(Feature::KvmHintDedicated);
    return {};
  }
  const ModelRow* row = findModel(name);
  if (!row) {
    return fail("-cpu {}: no such CPU model{}; '-cpu help' lists them", name, didYouMean(name, modelNames()));
  }
  named(*row);
  for (const FeatureInfo& info : featureTable()) {
    if (!hasFeature(info.feature) || offered.has(info.feature) || info.feature == Feature::Hypervisor)
      continue;
    model.features_.remove(info.feature);
    dropped.add(info.feature);
  }
  addParavirtual();
  return {};
}

// On every model alike: they are the machine's, not the processor's. The hint is the user's promise.
void CpuModel::Parser::addParavirtual() {
  for (const Feature f : paravirtualFeatures())
    if (offered.has(f) && f != Feature::KvmHintDedicated) model.features_.add(f);
}

Result<> CpuModel::Parser::feature(std::string_view name, bool on) {
  const std::optional<Feature> f = featureByName(name);
  if (!f) {
    if (isNeverOffered(name)) {
      if (!on) return {};
      return fail("-cpu: feature '{}' is not available to guests of this program", name);
    }
    return fail("-cpu: no such feature or property '{}'{}; '-cpu help' lists them", name,
                didYouMean(name, featureNames()));
  }
  if (on && !offered.has(*f) && *f != Feature::Hypervisor && *f != Feature::Ht)
    return fail("-cpu: feature '{}' cannot be run by this engine on this host; leave it out", nameOf(*f));
  if (on) {
    model.features_.add(*f);
    wanted.add(*f);
    refused.remove(*f);
  } else {
    model.features_.remove(*f);
    refused.add(*f);
    wanted.remove(*f);
  }
  return {};
}

Result<> CpuModel::Parser::textProperty(std::string_view name, std::string_view value) {
  if (name == "vendor") {
    if (value == "GenuineIntel" || value == "intel")
      model.vendor_ = CpuVendor::Intel;
    else if (value == "AuthenticAMD" || value == "amd")
      model.vendor_ = CpuVendor::Amd;
    else
      return fail("-cpu: vendor={} is not known; use GenuineIntel or AuthenticAMD", value);
    return {};
  }
  if (value.size() > 47) return fail("-cpu: model-id is {} characters long; at most 47 fit", value.size());
  model.brand_ = value;
  return {};
}

Result<> CpuModel::Parser::numberProperty(std::string_view key, std::string_view name,
                                          std::string_view value) {
  const std::optional<u64> number = parseNumber(value);
  if (!number) return fail("-cpu: {}={} is not a number", key, value);
  if (name == "tsc_frequency") {
    if (*number < 1'000'000 || *number > 100'000'000'000)
      return fail("-cpu: tsc-frequency={} is outside 1000000..100000000000 Hz", value);
    model.tscFrequency = *number;
    return {};
  }
  if (*number < 32 || *number > 52) return fail("-cpu: phys-bits={} is outside 32..52", value);
  model.physicalBits_ = static_cast<unsigned>(*number);
  return {};
}

// False when there is no such switch: then it is a feature's name.
Result<bool> CpuModel::Parser::switchProperty(std::string_view name, bool on) {
  if (name == "enforce") {
    enforce = on;
  } else if (name == "host_phys_bits") {
    if (on) model.physicalBits_ = hostIdentity().physicalBits;
  } else if (name == "kvm") {
    model.kvmSignature_ = on;
  } else if (name == "pmu") {
    if (on) return fail("-cpu: performance counters (pmu) are not available to guests of this program");
  } else if (name != "check" &&
             name != "migratable") {  // the first is always so, the second decides nothing here
    return false;
  }
  return true;
}

Result<> CpuModel::Parser::property(std::string_view key, std::string_view value) {
  const std::string name = canonicalName(key);
  if (name == "vendor" || name == "model_id") return textProperty(name, value);
  if (name == "phys_bits" || name == "tsc_frequency") return numberProperty(key, name, value);
  const std::optional<bool> on = parseSwitch(value);
  if (!on) return fail("-cpu: {}={}: write {}=on or {}=off", key, value, key, key);
  return switchOrFeature(key, *on);
}

Result<> CpuModel::Parser::switchOrFeature(std::string_view key, bool on) {
  const auto known = switchProperty(canonicalName(key), on);
  if (!known) return tl::unexpected(known.error());
  return *known ? Result<>{} : feature(key, on);
}

Result<> CpuModel::Parser::word(std::string_view text) {
  if (text.empty()) return fail("-cpu: empty word between commas");
  if (text[0] == '+') return feature(text.substr(1), true);
  if (text[0] == '-') return feature(text.substr(1), false);
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return switchOrFeature(text, true);
  return property(text.substr(0, equals), text.substr(equals + 1));
}

Result<> CpuModel::Parser::reportDropped() const {
  std::string names;
  for (const FeatureInfo& info : featureTable())
    if (dropped.has(info.feature) && !refused.has(info.feature))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", info.name);
  if (names.empty()) return {};
  if (enforce)
    return fail("-cpu {},enforce: this host or engine cannot run: {}; leave 'enforce' out to go without",
                model.name_, names);
  log(LogChannel::Warn, "-cpu {}: this host or engine cannot run and the guest will not see: {}", model.name_,
      names);
  return {};
}

// Features whose prerequisites are gone go too, unless they were asked for by name.
Result<> CpuModel::Parser::finish() {
  if (!model.kvmSignature_)
    for (const Feature f : paravirtualFeatures()) {
      if (wanted.has(f)) return fail("-cpu: feature '{}' needs 'kvm', which is off", nameOf(f));
      model.features_.remove(f);
    }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Dependency& d : dependencies()) {
      if (!hasFeature(d.feature) || hasFeature(d.needs)) continue;
      if (wanted.has(d.feature))
        return fail("-cpu: feature '{}' needs '{}', which is off", nameOf(d.feature), nameOf(d.needs));
      model.features_.remove(d.feature);
      changed = true;
    }
  }
  if (!hasFeature(Feature::Pae) && !hasFeature(Feature::Pse36))
    model.physicalBits_ = 32;
  else if (!hasFeature(Feature::Lm))
    model.physicalBits_ = std::min(model.physicalBits_, 36u);
  return {};
}

Result<CpuModel> CpuModel::parse(std::string_view option, const FeatureSet& offered) {
  Parser parser{.model = CpuModel{}, .offered = offered, .wanted = {}, .refused = {}, .dropped = {}};
  size_t comma = std::min(option.find(','), option.size());
  if (auto r = parser.base(option.substr(0, comma)); !r) return tl::unexpected(r.error());
  while (comma < option.size()) {
    const std::string_view rest = option.substr(comma + 1);
    const size_t end = std::min(rest.find(','), rest.size());
    if (auto r = parser.word(rest.substr(0, end)); !r) return tl::unexpected(r.error());
    comma += 1 + end;
  }
  if (auto r = parser.reportDropped(); !r) return tl::unexpected(r.error());
  if (auto r = parser.finish(); !r) return tl::unexpected(r.error());
  return std::move(parser.model);
}

std::string CpuModel::help() {
  std::string text = "CPU models (-cpu NAME[,+feature][,-feature][,feature=on|off]):\n";
  text += "  max              every feature this engine can run here (default)\n";
  text += "  host             max, with the host's own name, family and model\n";
  for (const ModelRow& row : modelTable()) text += fmt::format("  {:<16} {}\n", row.name, row.brand);
  text +=
      "Other properties: vendor=GenuineIntel|AuthenticAMD, phys-bits=32..52, tsc-frequency=HZ, "
      "model-id=TEXT, host-phys-bits,\n  kvm=off (no KVM signature and none of its features), enforce (no "
      "model without all its features), check, migratable, "
      "pmu=off\n"
      "QEMU's endings for revisions (-v1, -IBRS, -IBPB, -noTSX) are understood and change nothing.\n";
  text += "Features:";
  size_t column = 110;
  for (const FeatureInfo& info : featureTable()) {
    if (column + info.name.size() + 1 > 100) {
      text += "\n ";
      column = 1;
    }
    text += fmt::format(" {}", info.name);
    column += info.name.size() + 1;
  }
  return text + "\n";
}

}  // namespace duet
