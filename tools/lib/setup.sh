# shellcheck shell=bash
# Debian packages: tools/packages.txt is the only list.

package_names() { sed -e 's/#.*//' "$root/tools/packages.txt" | tr -s ' \t\n' '\n' | grep .; }

missing_packages() {
  local installed
  # shellcheck disable=SC2046
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $(package_names) 2>/dev/null |
    sed -n 's/^installed //p' | LC_ALL=C sort -u || true)
  comm -23 <(package_names | LC_ALL=C sort -u) <(echo "$installed")
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

cmd_setup() {
  local missing
  command -v apt-get >/dev/null || die "setup needs Debian 12 (no apt-get here); install what tools/packages.txt lists"
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  # sudo asks for its password here, while the terminal is still ours.
  as_root true
  say "packages missing: $(echo "$missing" | tr '\n' ' ')"
  long_step "reading the package lists" as_root apt-get update -q -o DPkg::Lock::Timeout=300
  # shellcheck disable=SC2086
  long_step "installing $(echo "$missing" | wc -l) packages (a bare machine: two to five minutes)" \
    install_packages $missing
}
