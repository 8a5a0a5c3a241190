# shellcheck shell=bash
# Messages, long steps and privilege, shared by the other parts. Messages go to stderr, so that a
# command's own output stays clean.

say() { printf '==> %s\n' "$*" >&2; }

die() {
  printf 'tools/dev: %s\n' "$*" >&2
  exit 1
}

# as_root COMMAND...: runs it with the rights to install packages.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "'$1' needs root: run tools/dev setup as root once, or install sudo"
  fi
}

# long_step TITLE COMMAND...: runs the command with its output in a log, tells every ten seconds how far
# it is, and shows the log's end if it fails.
long_step() {
  local title=$1 log started=$SECONDS status=0
  shift
  mkdir -p "$cache/log"
  log=$(mktemp "$cache/log/step.XXXXXX")
  say "$title"
  "$@" >"$log" 2>&1 &
  local job=$! waited=0
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    waited=$((waited + 1))
    if [ $((waited % 50)) -eq 0 ]; then
      printf '    %3d s  %.100s\n' $((SECONDS - started)) "$(tail -n 1 "$log" | tr -d '\r')" >&2
    fi
  done
  wait "$job" || status=$?
  if [ "$status" -ne 0 ]; then
    tail -n 25 "$log" >&2
    rm -f "$log"
    die "failed after $((SECONDS - started)) s (status $status): $title"
  fi
  rm -f "$log"
  printf '    done in %d s\n' $((SECONDS - started)) >&2
}
