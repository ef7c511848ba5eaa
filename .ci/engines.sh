# The tests on the engines of newer Debians, each with both stores that it can keep images in.

ENGINES="trixie forky" # Docker 26, Docker 28
engines=""             # those that were installed
missing_engines=""     # those that could not be had
other_engines=""       # the process group of the tests on them

# install_other_engines FOLDER: what is installed goes into the folder
install_other_engines() {
  local suite
  for suite in $ENGINES; do
    if debian "$suite" "$1/$suite"; then
      in_debian "$1/$suite" make VENV=/tmp/venv /tmp/venv/installed-dev
      engines="$engines $suite"
    else
      missing_engines="$missing_engines $suite"
      report_missing_engines
    fi
  done
}

# start_tests_on_other_engines FOLDER: begin to run the tests on those that are installed there
# They wait for engines most of the time, so that others can run beside them.
start_tests_on_other_engines() {
  set -m # a process group of its own, by which all of them can be ended
  test_on_other_engines "$1" > "$1/engines.log" 2>&1 &
  other_engines=$!
  set +m
}

# finish_tests_on_other_engines FOLDER: if they run, wait for them, print what they printed, return what they returned
finish_tests_on_other_engines() {
  local code=0
  [ -n "$other_engines" ] || return 0
  wait "$other_engines" || code=$?
  other_engines=""
  cat "$1/engines.log"
  return "$code"
}

# stop_tests_on_other_engines: end them early, with their engines
stop_tests_on_other_engines() {
  if [ -n "$other_engines" ] && kill -- "-$other_engines"; then
    wait "$other_engines" || return 0
  fi
}

test_on_other_engines() {
  local suite root classic failed=""
  for suite in $engines; do
    root=$1/$suite
    # both together take little more than one; buildah needs none, so once is enough
    test_on_engine "$root" classic > "$root.classic.log" 2>&1 &
    classic=$!
    test_on_engine "$root" containerd --ignore=tests/engine/test_buildah.py > "$root.containerd.log" 2>&1 || failed=yes
    wait "$classic" || failed=yes
    cat "$root.classic.log" "$root.containerd.log"
    # what an engine does not have is no test of it, and so nothing is to be skipped
    if grep --quiet '^SKIPPED' "$root.classic.log" "$root.containerd.log"; then failed=yes; fi
  done
  [ -z "$failed" ]
}

# test_on_engine FOLDER STORE OPTION...: the options are pytest's
# What repeats itself in another style, or takes long, is left to this machine's engine.
test_on_engine() {
  printf '\n=== %s, images in its %s store\n' "$(in_debian "$1" docker --version)" "$2"
  in_debian "$1" env DFRENDER_ENGINE_REQUIRED=1 DFRENDER_ENGINE_STORE="$2" /tmp/venv/bin/python -m tests.engine.daemon \
    /tmp/venv/bin/pytest -n 0 -p no:cacheprovider -m 'engine and not slow' --durations 10 "${@:3}" tests/engine
}

report_missing_engines() {
  [ -z "$missing_engines" ] ||
    printf '\n!!! NOT TESTED, since these suites cannot be had: the engines of Debian%s\n\n' "$missing_engines" >&2
}
