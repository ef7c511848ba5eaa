# The tests on the engines of newer Debians, each with both stores that it can keep images in.

ENGINES="trixie forky" # Docker 26, Docker 28
missing_engines=""     # those that could not be had

# test_on_other_engines FOLDER: what is made for it goes into the folder
test_on_other_engines() {
  local suite root
  for suite in $ENGINES; do
    root=$1/$suite
    if debian "$suite" "$root"; then
      in_debian "$root" make VENV=/tmp/venv /tmp/venv/installed-dev
      # tests wait for engines most of the time: both together take little more than one; buildah needs none, so once is enough
      test_on_engine "$root" classic > "$root.classic.log" 2>&1 &
      local classic=$! failed=""
      test_on_engine "$root" containerd --ignore=tests/engine/test_buildah.py > "$root.containerd.log" 2>&1 || failed=yes
      wait "$classic" || failed=yes
      cat "$root.classic.log" "$root.containerd.log"
      [ -z "$failed" ]
    else
      missing_engines="$missing_engines $suite"
      report_missing_engines
    fi
  done
}

# test_on_engine FOLDER STORE OPTION...: the options are pytest's
# What repeats itself in another style, or takes long, is left to this machine's engine.
test_on_engine() {
  printf '\n=== %s, images in its %s store\n' "$(in_debian "$1" docker --version)" "$2"
  in_debian "$1" env DFRENDER_ENGINE_REQUIRED=1 DFRENDER_ENGINE_STORE="$2" /tmp/venv/bin/python -m tests.engine.daemon \
    /tmp/venv/bin/pytest -n 0 -p no:cacheprovider -m 'engine and not slow' "${@:3}" tests/engine
}

report_missing_engines() {
  [ -z "$missing_engines" ] ||
    printf '\n!!! NOT TESTED, since these suites cannot be had: the engines of Debian%s\n\n' "$missing_engines" >&2
}
