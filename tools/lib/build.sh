# shellcheck shell=bash
# Configure, compile, format.

known_presets() { sed -n '/"configurePresets"/,/\]/s/.*"name": "\([^"]*\)".*/\1/p' "$root/CMakePresets.json" | grep -v '^base$'; }

# build_preset PRESET [TARGET]: everything, or what TARGET needs.
build_preset() {
  local preset=$1 dir=$root/build/$1 targets=()
  [ $# -eq 1 ] || targets=(--target "$2")
  if [ ! -e "$dir/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$dir/build.ninja" ]; then
    long_step "configuring build/$preset" cmake -S "$root" --preset "$preset"
  fi
  say "building build/$preset"
  # Ninja shows its own progress and says "no work to do" when that is so.
  cmake --build "$dir" "${targets[@]}" -j "$(nproc)" >&2
}

cmd_build() {
  local preset=${1:-release}
  [ $# -le 1 ] || die "build takes one preset"
  known_presets | grep -qxF -e "$preset" || die "unknown preset '$preset'; there are: $(known_presets | tr '\n' ' ')"
  cmd_setup
  if [ "$preset" = fuzz ]; then
    (cd "$root" && build_preset fuzz fuzzers)
  else
    (cd "$root" && build_preset "$preset")
  fi
}

# The program without its tests, for commands that only want to use it.
build_duet() {
  cmd_setup
  (cd "$root" && build_preset release duet)
}

cmd_fmt() {
  local mode=(-i)
  case ${1:-} in
    '') ;;
    --check) mode=(--dry-run -Werror) ;;
    *) die "fmt takes --check or nothing, not '$1'" ;;
  esac
  cmd_setup
  cd "$root"
  # Tables in .inc files are aligned by hand, so only these endings.
  git ls-files -z '*.h' '*.cpp' '*.c' | xargs -0 -r -n 16 -P "$(nproc)" clang-format-19 "${mode[@]}"
}
