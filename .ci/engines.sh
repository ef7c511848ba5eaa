# The tests on the engines of newer Debians, each with both stores that it can keep images in.

ENGINES="trixie forky" # Docker 26, Docker 28
missing_engines=""     # those that could not be had

# test_on_other_engines FOLDER: what is made for it goes into the folder
test_on_other_engines() {
  local suite
  for suite in $ENGINES; do
    if debian "$suite" "$1/$suite"; then
      in_debian "$1/$suite" make VENV=/tmp/venv /tmp/venv/installed-dev
      test_on_engine "$1/$suite" classic
      test_on_engine "$1/$suite" containerd --ignore=tests/engine/test_buildah.py # no engine is in it: once is enough
    else
      missing_engines="$missing_engines $suite"
      report_missing_engines
    fi
  done
}

# test_on_engine FOLDER STORE OPTION...: the options are pytest's
# What repeats itself in other styles, or is about dfrender's own digests, runs on this machine's engine only.
test_on_engine() {
  printf '\n=== %s, images in the store that is called %s\n' "$(in_debian "$1" docker --version)" "$2"
  in_debian "$1" env DFRENDER_ENGINE_REQUIRED=1 DFRENDER_ENGINE_STORE="$2" /tmp/venv/bin/python -m tests.engine.daemon \
    /tmp/venv/bin/pytest -n 0 -m 'engine and not slow' "${@:3}"
}

report_missing_engines() {
  [ -z "$missing_engines" ] ||
    printf '\n!!! NOT TESTED, since these suites cannot be had: the engines of Debian%s\n\n' "$missing_engines" >&2
}
