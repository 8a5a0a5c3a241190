# shellcheck shell=bash
# Tests and benchmarks.

labels="unit contract guest boot diff fuzz style"
# Only when asked for: race builds duet once more, with the thread sanitizer; kvm-lab takes five minutes of a whole host.
more_labels="race kvm-lab"

cmd_test() {
  local wanted=() label
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    label=$1
    [[ " $labels $more_labels " == *" $label "* ]] || die "unknown label '$label'; there are: $labels $more_labels"
    wanted+=("$label")
    shift
  done
  [ $# -eq 0 ] || shift
  local all=" ${wanted[*]:-$labels} "

  cmd_build release
  if [[ $all == *" fuzz "* ]]; then cmd_build fuzz; fi
  if [[ $all == *" race "* ]]; then (cd "$root" && build_preset tsan duet); fi
  # With ctest options it may be a single test: that one's kernels are then fetched by the test itself.
  # shellcheck disable=SC2086
  if [[ $all == *" boot "* ]] && [ $# -eq 0 ]; then guest_material $all_kernels >/dev/null; fi
  say "testing:$all"
  # ctest comes last and alone on stdout: its closing lines are this command's.
  local select=(-LE '^(race|kvm-lab)$')
  [ ${#wanted[@]} -eq 0 ] || select=(-L "^($(IFS='|' && echo "${wanted[*]}"))\$")
  DUET_CACHE=$cache exec ctest --test-dir "$root/build/release" --output-on-failure --no-tests=error \
    -j "$(nproc)" "${select[@]}" "$@"
}

# The long form of the tests of the label diff: cases that nobody has run yet, as long as one likes.
cmd_diff() {
  local seed
  seed=$(date +%s)
  cmd_setup
  (cd "$root" && build_preset release duet-diff)
  say "new cases, -seed $seed; what differs goes to build/diff"
  exec "$root/build/release/duet-diff" -seed "$seed" -count 1000G -time 10m -findings 0 -out "$root/build/diff" "$@"
}

cmd_bench() {
  # What only shows something needs no duet; what looks at the KVM engine needs programs of its own.
  if ! [[ " $* " =~ ' '(-h|--help|--list|--from)[\ =] ]]; then
    build_duet
    if [[ "$*" =~ [\ ,=]kvm([\ ,]|$) ]]; then (cd "$root" && build_preset release bench_kvm_native); fi
    if [[ "$*" =~ [\ ,=]exits([\ ,]|$) ]]; then (cd "$root" && build_preset release kvm_lab_exits); fi
    guest_material >/dev/null
  fi
  DUET_CACHE=$cache exec python3 "$root/tests/bench/bench.py" "$@"
}
