#include "cpu-kvm/api/system.h"

#include <fcntl.h>

#include <cstring>

#include "cpu-kvm/api/ioctl.h"
#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

Error cannotOpen(const std::string& device, int error) {
  switch (error) {
    case ENOENT:
      return Error{fmt::format(
          "{}: no such device; load the kvm-intel or kvm-amd module, and if that fails switch virtualization "
          "on in the firmware, or nested virtualization in the host of this machine",
          device)};
    case ENXIO:
    case ENODEV:
      return Error{fmt::format("{}: the device has no driver; load the kvm-intel or kvm-amd module", device)};
    case EACCES:
    case EPERM:
      return Error{fmt::format(
          "{}: no permission; add yourself to the group that owns it (usually kvm) and log in again",
          device)};
    case EBUSY:
      return Error{fmt::format("{}: busy; another hypervisor uses the processor's virtualization", device)};
    default:
      return Error{fmt::format("{}: {}", device, errnoText(error))};
  }
}

namespace {

constexpr int kApiVersion = 12;

// Calls `request` with room for more and more 32-bit or larger entries until they fit.
template <class Header, class Entry>
Result<std::vector<Entry>> readList(int fd, unsigned long request, const char* what) {
  for (u32 room = 128; room <= 1u << 16; room *= 2) {
    std::vector<u8> bytes(sizeof(Header) + room * sizeof(Entry));
    Header header{};
    header.count = room;
    std::memcpy(bytes.data(), &header, sizeof header);
    auto result = call(fd, request, what, bytes.data());
    if (!result && errno == E2BIG) continue;
    if (!result) return tl::unexpected(result.error());
    std::memcpy(&header, bytes.data(), sizeof header);
    std::vector<Entry> entries(header.count);
    std::memcpy(entries.data(), bytes.data() + sizeof header, entries.size() * sizeof(Entry));
    return entries;
  }
  return fail("kvm: {}: the list does not end", what);
}

}  // namespace

Result<System> System::open(const std::string& device) {
  UniqueFd fd(::open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) return tl::unexpected(cannotOpen(device, errno));
  auto version = call(fd.get(), KVM_GET_API_VERSION, "GET_API_VERSION");
  if (!version) return fail("{}: not a KVM device", device);
  if (*version != kApiVersion)
    return fail("{}: KVM interface version {} instead of {}; use another host kernel", device, *version,
                kApiVersion);
  return System(std::move(fd));
}

int System::extension(int capability) const {
  auto value =
      call(fd_.get(), KVM_CHECK_EXTENSION, "CHECK_EXTENSION", static_cast<unsigned long>(capability));
  return value ? *value : 0;
}

Result<Vm> System::createVm() const {
  auto fd = call(fd_.get(), KVM_CREATE_VM, "CREATE_VM", 0ul);
  if (!fd) return tl::unexpected(fd.error());
  UniqueFd vm(*fd);
  auto size = runSize();
  if (!size) return tl::unexpected(size.error());
  return Vm(std::move(vm), *size);
}

Result<std::vector<kvm_cpuid_entry2>> System::supportedCpuid() const {
  return readList<abi::CpuidHeader, kvm_cpuid_entry2>(fd_.get(), abi::kGetSupportedCpuid,
                                                      "GET_SUPPORTED_CPUID");
}

Result<std::vector<u32>> System::msrIndices() const {
  return readList<abi::MsrListHeader, u32>(fd_.get(), abi::kGetMsrIndexList, "GET_MSR_INDEX_LIST");
}

Result<size_t> System::runSize() const {
  auto size = call(fd_.get(), KVM_GET_VCPU_MMAP_SIZE, "GET_VCPU_MMAP_SIZE");
  if (!size) return tl::unexpected(size.error());
  return static_cast<size_t>(*size);
}

}  // namespace duet::kvm
