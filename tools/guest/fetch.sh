#!/bin/bash
# Makes the guest that `tools/dev run`, the boot tests and the benchmarks use, from Debian packages:
#   guest/vmlinuz-cloud        Debian's cloud kernel
#   guest/busybox              a static busybox
#   guest/initramfs.cpio.gz    busybox and our init
# in $DUET_CACHE (default: .cache in the checkout). Does only what is missing or older than its
# sources; needs neither root nor an installed kernel. DUET_REFRESH=1 asks Debian for newer packages.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cache=${DUET_CACHE:-$here/../../.cache}
guest=$cache/guest
mkdir -p "$guest"
guest=$(cd "$guest" && pwd)

say() { printf '==> %s\n' "$*" >&2; }

# Package lists and downloads of our own: works as any user and touches nothing of the machine's.
own_apt() {
  local tool=$1 state=$guest/apt
  shift
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  "$tool" -q -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

# The machine's package lists when they are there and fresh enough, else our own.
apt_tool=plain
run_apt() {
  if [ "$apt_tool" = own ]; then
    own_apt "$@"
  else
    local tool=$1
    shift
    "$tool" -q -o APT::Sandbox::User="$(id -un)" "$@"
  fi
}

refresh_lists() {
  say "reading the package lists"
  own_apt apt-get update >"$guest/apt.log" 2>&1 || {
    tail -n 5 "$guest/apt.log" >&2
    say "cannot read Debian's package lists: is there a network?"
    exit 1
  }
  apt_tool=own
}

# Empty when the lists do not know it.
kernel_package() {
  { run_apt apt-cache depends linux-image-cloud-amd64 2>/dev/null || true; } |
    sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
}

# try_download PACKAGE: leaves its .deb in $work.
try_download() { (cd "$work" && run_apt apt-get download "$1" >"$guest/apt.log" 2>&1); }

# unpack PACKAGE: downloads it and unpacks it into $work/root.
unpack() {
  local package=$1 started=$SECONDS
  say "downloading $package"
  if ! try_download "$package"; then
    # Lists a few weeks old name packages that the mirror has since replaced.
    refresh_lists
    [[ $package != linux-image-* ]] || package=$(kernel_package)
    try_download "$package" || {
      tail -n 5 "$guest/apt.log" >&2
      say "cannot download $package"
      exit 1
    }
  fi
  dpkg -x "$work/${package}"_*.deb "$work/root"
  printf '    done in %d s\n' $((SECONDS - started)) >&2
}

fetch_packages() {
  work=$(mktemp -d "$guest/work.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  [ -z "${DUET_REFRESH:-}" ] || refresh_lists
  local kernel
  kernel=$(kernel_package)
  if [ -z "$kernel" ]; then
    refresh_lists
    kernel=$(kernel_package)
  fi
  [ -n "$kernel" ] || { say "Debian's package lists name no linux-image-cloud-amd64" && exit 1; }
  unpack "$kernel"
  unpack busybox-static
  # busybox first: the kernel's arrival is what says that the step is complete.
  mv "$work/root/bin/busybox" "$guest/busybox"
  mv "$work"/root/boot/vmlinuz-* "$guest/vmlinuz-cloud"
  rm -f "$guest/apt.log"
}

if [ ! -e "$guest/vmlinuz-cloud" ] || [ ! -e "$guest/busybox" ] || [ -n "${DUET_REFRESH:-}" ]; then
  fetch_packages
fi

initramfs=$guest/initramfs.cpio.gz
for source in "$guest/busybox" "$here/init" "$here/initramfs.sh"; do
  if [ ! -e "$initramfs" ] || [ "$source" -nt "$initramfs" ]; then
    say "packing ${initramfs##*/}"
    "$here/initramfs.sh" "$initramfs" "$here/init=init" "$guest/busybox=bin/busybox"
    break
  fi
done
