# The tests on Docker engines: this Debian's, and those of newer ones with each store that they can keep images in.

ENGINES="forky trixie" # Docker 28, Docker 26
engines=""             # those that were installed
missing_engines=""     # those that could not be had
engine_tests=""        # the process group of the tests on them all
AT_ONCE=2              # engines; each of them waits most of the time

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

# start_tests_on_engines FOLDER: begin to run the tests on all that are there, beside whatever is run next
start_tests_on_engines() {
  set -m # a process group of its own, by which all of them can be ended
  test_on_engines "$1" > "$1/engines.log" 2>&1 &
  engine_tests=$!
  set +m
}

# finish_tests_on_engines FOLDER: wait for them, print what they printed, return what they returned
finish_tests_on_engines() {
  local code=0
  wait "$engine_tests" || code=$?
  engine_tests=""
  cat "$1/engines.log"
  return "$code"
}

# stop_tests_on_engines: end them early, with their engines
stop_tests_on_engines() {
  if [ -n "$engine_tests" ] && kill -- "-$engine_tests" 2> /dev/null; then
    wait "$engine_tests" || return 0
  fi
}

# test_on_engines FOLDER: run all of them, and print what each printed
test_on_engines() {
  local suite store running=1 failed=""
  test_on_own_engine > "$1/engine.own.log" 2>&1 &
  for suite in $engines; do
    for store in containerd classic; do
      if [ "$running" = "$AT_ONCE" ]; then
        wait -n || failed=yes
        running=$((running - 1))
      fi
      test_on_other_engine "$1/$suite" "$store" "$1/engine.$suite.$store.log" &
      running=$((running + 1))
    done
  done
  while [ "$running" != 0 ]; do
    wait -n || failed=yes
    running=$((running - 1))
  done
  cat "$1"/engine.*.log
  [ -z "$failed" ]
}

# test_on_own_engine: all of them, also those that repeat another in another style, or take long
test_on_own_engine() {
  printf '\n=== %s\n' "$(docker --version)"
  DFRENDER_ENGINE_REQUIRED=1 .venv/bin/python -m tests.engine.daemon .venv/bin/pytest -n 0 -m engine --durations 10
}

# test_on_other_engine FOLDER STORE LOG: fails also for a test that is skipped, since what an engine does not have is none
test_on_other_engine() {
  local code=0 chosen=(-m 'engine and not slow')
  # it needs no engine, so once is enough
  [ "$2" != containerd ] || chosen+=(--ignore tests/engine/test_buildah.py)
  printf '\n=== %s, images in its %s store\n' "$(in_debian "$1" docker --version)" "$2" > "$3"
  in_debian "$1" env DFRENDER_ENGINE_REQUIRED=1 DFRENDER_ENGINE_STORE="$2" /tmp/venv/bin/python -m tests.engine.daemon \
    /tmp/venv/bin/pytest -n 0 -p no:cacheprovider "${chosen[@]}" --durations 10 tests/engine >> "$3" 2>&1 || code=$?
  if grep --quiet '^SKIPPED' "$3"; then code=1; fi
  return "$code"
}

report_missing_engines() {
  [ -z "$missing_engines" ] ||
    printf '\n!!! NOT TESTED, since these suites cannot be had: the engines of Debian%s\n\n' "$missing_engines" >&2
}
