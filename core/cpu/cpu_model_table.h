// Named CPU models, and where each feature stands in CPUID. Private to core/cpu.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/cpu/cpu_model.h"

namespace duet::cpu_model {

enum class Register : u8 { Eax, Ebx, Ecx, Edx };

struct FeatureInfo {
  Feature feature;
  std::string_view name;
  u32 leaf;
  u32 subleaf;
  Register reg;
  u8 bit;
};

std::span<const FeatureInfo> featureTable();

// By option name; '-' and '.' read as '_', upper case as lower case, and a few older names are known.
std::optional<Feature> featureByName(std::string_view name);
// True for names of real processors' features that no guest is ever offered here (vmx, avx512f, ...).
bool isNeverOffered(std::string_view name);
std::string canonicalName(std::string_view name);

// A feature that makes no sense without another one.
struct Dependency {
  Feature feature;
  Feature needs;
};
std::span<const Dependency> dependencies();

struct ModelRow {
  std::string_view name;
  std::string_view parent;  // features come from there first; empty: none
  CpuVendor vendor;
  u32 family, model, stepping;
  u32 maxBasicLeaf;
  std::string_view brand;  // empty: no brand string
  std::string_view add;    // blank-separated feature names
  std::string_view remove;
};

std::span<const ModelRow> modelTable();
const ModelRow* findModel(std::string_view name);  // null when unknown; case does not matter
FeatureSet featuresOf(const ModelRow& row);

// What the host calls itself.
struct HostIdentity {
  CpuVendor vendor = CpuVendor::Intel;
  u32 family = 6, model = 0, stepping = 0;
  unsigned physicalBits = 40;
  std::string brand;
};
HostIdentity hostIdentity();

}  // namespace duet::cpu_model
