# shellcheck shell=bash
# Booting the guests of tools/guest.

all_kernels="cloud full rt 686 686-pae"

# guest_material [KERNEL...]: prints a line for each kernel: its file, a tab, its initramfs.
guest_material() { DUET_CACHE=$cache "$root/tools/guest/fetch.sh" "$@"; }

cmd_run() {
  local kernel=cloud files
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
      --kernel)
        [ $# -gt 1 ] || die "--kernel needs a name: $all_kernels"
        kernel=$2
        shift 2
        ;;
      --kernel=*)
        kernel=${1#*=}
        shift
        ;;
      *) die "options for duet come after --: tools/dev run -- $*" ;;
    esac
  done
  [ $# -eq 0 ] || shift
  [[ " $all_kernels " == *" $kernel "* ]] || die "unknown kernel '$kernel'; there are: $all_kernels"
  build_duet
  files=$(guest_material "$kernel")
  say "booting; Ctrl-A x leaves, Ctrl-A h helps"
  exec "$root/build/release/duet" -m 512 -kernel "${files%%$'\t'*}" -initrd "${files#*$'\t'}" \
    -append "console=ttyS0" -nographic "$@"
}
