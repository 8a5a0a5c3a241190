#!/bin/bash
# usage: fetch.sh [KERNEL...]          KERNEL: cloud (when none is named), full, rt, 686, 686-pae
# Makes the guests that `tools/dev run`, the boot tests and the benchmarks use, from Debian packages, in
# $DUET_CACHE (default: .cache in the checkout):
#   guest/vmlinuz-KERNEL                           Debian's kernel of that kind
#   guest/modules-cloud/*.ko                       what the KVM laboratory loads into the cloud kernel
#   guest/busybox, guest/busybox-i386              a static busybox for the kernel's architecture
#   guest/initramfs.cpio.gz, initramfs-i386.cpio.gz  that busybox and our init
# and prints, for each KERNEL, its file and its initramfs with a tab between them. Does only what is
# missing or older than its sources; needs neither root nor an installed kernel. DUET_REFRESH=1 asks
# Debian for newer packages.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cache=${DUET_CACHE:-$here/../../.cache}
guest=$cache/guest
tries=3

say() { printf '==> %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# kernel_facts KERNEL: sets the Debian package and the architecture.
kernel_facts() {
  case $1 in
    cloud) package=linux-image-cloud-amd64 arch=amd64 ;;
    full) package=linux-image-amd64 arch=amd64 ;;
    rt) package=linux-image-rt-amd64 arch=amd64 ;;
    686 | 686-pae) package=linux-image-$1 arch=i386 ;;
    *) die "there is no kernel '$1'; there are: cloud full rt 686 686-pae" ;;
  esac
}

# "" for amd64, whose files came first, "-i386" for the other.
suffix_of() { [ "$1" = amd64 ] || echo "-$1"; }

# Package lists and downloads of our own: works as any user and touches nothing of the machine's.
own_apt() {
  local arch=$1 tool=$2 state
  state=$guest/apt$(suffix_of "$1")
  shift 2
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  "$tool" -q -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Acquire::Languages=none \
    -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" -o Acquire::Retries=$tries \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

# run_apt ARCH TOOL ARGUMENTS...: with the machine's package lists, when they are of this architecture and
# fresh enough, else with our own.
declare -A lists=([amd64]=own [i386]=own)
if [ "$(dpkg --print-architecture)" = amd64 ]; then lists[amd64]=machine; fi
run_apt() {
  local arch=$1 tool=$2
  if [ "${lists[$arch]}" = own ]; then
    own_apt "$@"
  else
    shift 2
    "$tool" -q -o Acquire::Retries=$tries -o APT::Sandbox::User="$(id -un)" "$@"
  fi
}

# why: the reason that apt gave last, in one line.
why() { { grep -e 'Failed to fetch' -e '^E:' "$guest/apt.log" || true; } 2>/dev/null | head -n 1 | cut -c 1-250; }

# An archive that cannot be read in part (another vendor's, a mirror being updated) does not matter when the
# package is then found, so failing is not an error here.
refresh_lists() {
  say "reading Debian's package lists ($1)"
  lists[$1]=own
  own_apt "$1" apt-get update >"$guest/apt.log" 2>&1 || true
}

# candidate ARCH PACKAGE: the package to download, for a kernel the one of the day; empty when unknown.
candidate() {
  case $2 in
    linux-image-*)
      { run_apt "$1" apt-cache depends "$2" 2>/dev/null || true; } |
        sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
      ;;
    *) { run_apt "$1" apt-cache show "$2" 2>/dev/null || true; } | sed -n 's/^Package: //p' | head -n 1 ;;
  esac
}

# try_download ARCH PACKAGE: leaves its .deb in $work; tells every ten seconds how far it is.
try_download() {
  local job waited=0
  (cd "$work" && run_apt "$1" apt-get download "$2" >"$guest/apt.log" 2>&1) &
  job=$!
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.1
    waited=$((waited + 1))
    [ $((waited % 100)) -ne 0 ] || printf '    %3d s  %s\n' $((waited / 10)) "$(du -sh "$work" | cut -f 1)" >&2
  done
  wait "$job"
}

# unpack ARCH PACKAGE PATTERN...: downloads the package and puts its files that match into $work/unpacked.
unpack() {
  local arch=$1 package=$2 name try started=$SECONDS
  shift 2
  name=$(candidate "$arch" "$package")
  for ((try = 1; ; try++)); do
    if [ -n "$name" ]; then
      say "downloading $name ($arch)"
      if try_download "$arch" "$name"; then break; fi
    fi
    [ $try -lt $tries ] || die "cannot download $package ($arch), tried $tries times: $(why)"
    [ $try -eq 1 ] || sleep $((5 * try))
    # Lists a few weeks old name packages that the mirror has since replaced.
    refresh_lists "$arch"
    name=$(candidate "$arch" "$package")
    [ -n "$name" ] || echo "E: the package lists do not name it" >>"$guest/apt.log"
  done
  mkdir -p "$work/unpacked"
  dpkg --fsys-tarfile "$work/${name}"_*.deb | tar -x -C "$work/unpacked" --wildcards "$@"
  rm -f "$work"/*.deb "$guest/apt.log"
  printf '    done in %d s\n' $((SECONDS - started)) >&2
}

# have FILE: it is there and nobody asked for a newer one.
declare -A fetched=()
have() { [ -e "$1" ] && { [ -z "${DUET_REFRESH:-}" ] || [ -n "${fetched[$1]:-}" ]; }; }

fetch_kernel() {
  local package arch kernel=$guest/vmlinuz-$1 modules=$guest/modules-$1 files=('./boot/vmlinuz-*')
  kernel_facts "$1"
  # A kernel only takes modules of its own build: both come from one download.
  [ "$1" != cloud ] || files+=('*/irqbypass.ko' '*/kvm.ko' '*/kvm-amd.ko')
  if ! have "$kernel" || { [ "$1" = cloud ] && ! [ -d "$modules" ]; }; then
    [ -z "${DUET_REFRESH:-}" ] || refresh_lists "$arch"
    unpack "$arch" "$package" "${files[@]}"
    rm -rf "$modules"
    if [ "$1" = cloud ]; then
      mkdir "$work/modules"
      find "$work/unpacked" -name '*.ko' -exec mv -t "$work/modules" {} +
      mv "$work/modules" "$modules"
    fi
    mv "$work"/unpacked/boot/vmlinuz-* "$kernel"
    fetched[$kernel]=1
  fi
  fetch_initramfs "$arch"
  printf '%s\t%s\n' "$kernel" "$initramfs"
}

# fetch_initramfs ARCH: sets `initramfs`.
fetch_initramfs() {
  local busybox source
  busybox=$guest/busybox$(suffix_of "$1")
  initramfs=$guest/initramfs$(suffix_of "$1").cpio.gz
  if ! have "$busybox"; then
    unpack "$1" busybox-static ./bin/busybox
    mv "$work/unpacked/bin/busybox" "$busybox"
    touch "$busybox"
    fetched[$busybox]=1
  fi
  for source in "$busybox" "$here/init" "$here/initramfs.sh"; do
    if [ ! -e "$initramfs" ] || [ "$source" -nt "$initramfs" ]; then
      say "packing ${initramfs##*/}"
      "$here/initramfs.sh" "$initramfs" "$here/init=init" "$busybox=bin/busybox"
      break
    fi
  done
}

[ $# -gt 0 ] || set -- cloud
for kernel in "$@"; do kernel_facts "$kernel"; done
mkdir -p "$guest"
guest=$(cd "$guest" && pwd)
work=$(mktemp -d "$guest/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
for kernel in "$@"; do fetch_kernel "$kernel"; done
