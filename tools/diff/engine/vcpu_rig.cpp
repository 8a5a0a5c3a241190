#include "tools/diff/engine/vcpu_rig.h"

namespace duet::diff {

Result<std::unique_ptr<VcpuRig>> VcpuRig::make(const BackendFactory& factory, std::string_view cpu,
                                               u64 size) {
  std::unique_ptr<VcpuRig> rig(new VcpuRig);
  auto block = rig->ram_.addBlock("memory", size);
  if (!block) return tl::unexpected(block.error());
  rig->block_ = *block;
  auto engine = factory(rig->ram_);
  if (!engine) return tl::unexpected(engine.error());
  rig->engine_ = std::move(*engine);
  auto model = CpuModel::parse(cpu, rig->engine_->caps().features);
  if (!model) return tl::unexpected(model.error());
  rig->model_ = std::make_unique<CpuModel>(std::move(*model));
  return rig;
}

Result<> VcpuRig::map(u64 base, u64 size, u64 offset, bool writable) {
  auto mapped = physical_.mapRam({"pages", base, size}, *block_, offset, writable);
  if (!mapped) return tl::unexpected(mapped.error());
  return {};
}

Result<> VcpuRig::start() {
  auto vcpu = engine_->createVcpu({0, memory_, physical_, ports_, interrupts_, mailbox_, clock_, *model_});
  if (!vcpu) return tl::unexpected(vcpu.error());
  vcpu_ = std::move(*vcpu);
  clock_.start();
  return {};
}

}  // namespace duet::diff
