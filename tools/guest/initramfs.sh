#!/bin/bash
# usage: initramfs.sh OUT.cpio.gz FILE=PATH...
# Packs each FILE (executable) under its PATH, with the folders a small Linux user space mounts on. The
# same files give the same bytes: order, owners, times and inode numbers are fixed. The kernel unpacks
# archives that follow each other into one tree, so `cat a.cpio.gz b.cpio.gz` adds b's files to a's.
set -euo pipefail

out=$1
shift
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree"/{bin,dev,etc,proc,root,sys,tmp}
for item in "$@"; do
  install -D -m 755 "${item%%=*}" "$tree/${item#*=}"
done
find "$tree" -exec chmod u=rwX,go=rX {} + -exec touch -h -d @0 {} +
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort |
  cpio -o -H newc -R 0:0 --reproducible --quiet | gzip -9n) >"$out.new"
mv "$out.new" "$out"
