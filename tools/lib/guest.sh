# shellcheck shell=bash
# Booting the guest of tools/guest.

guest_material() { DUET_CACHE=$cache "$root/tools/guest/fetch.sh"; }

cmd_run() {
  case ${1:-} in
    '') ;;
    --) shift ;;
    *) die "options for duet come after --: tools/dev run -- $*" ;;
  esac
  build_duet
  guest_material
  say "booting; Ctrl-A x leaves, Ctrl-A h helps"
  exec "$root/build/release/duet" -m 512 \
    -kernel "$cache/guest/vmlinuz-cloud" -initrd "$cache/guest/initramfs.cpio.gz" \
    -append "console=ttyS0" -nographic "$@"
}
