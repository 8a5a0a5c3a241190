# shellcheck shell=bash
# A Linux with a whole KVM inside QEMU, for hosts without one.

cmd_kvm_lab() {
  build_duet
  guest_material >/dev/null
  DUET_CACHE=$cache exec python3 "$root/tests/kvm_lab/lab.py" "$@"
}
