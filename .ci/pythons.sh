# The tests on every Python that the package claims, and with the lowest versions of what it depends on.

PYTHONS="3.11 3.12 3.13 3.14"
missing="" # those that could not be had

# test_on_other_pythons FOLDER: run the tests on each but that of .venv; what they need goes into the folder
test_on_other_pythons() {
  local version own
  own=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  for version in $PYTHONS; do
    [ "$version" = "$own" ] || test_on "$version" "$1"
  done
}

test_on() {
  local version=$1 folder=$2 python suite
  begin "Python $version"
  if python=$(interpreter "$version"); then
    make test PYTHON="$python" VENV="$folder/python$version"
  elif suite=$(suite_with "$version") && debian "$suite" "$folder/$suite"; then
    in_debian "$folder/$suite" make test VENV=/tmp/venv
  else
    missing="$missing $version"
    report_missing_pythons
  fi
}

# suite_with VERSION: print the suite of Debian that has this version of Python
suite_with() {
  case $1 in
    3.13) echo trixie ;;
    3.14) echo forky ;;
    *) return 1 ;;
  esac
}

# interpreter VERSION: print the path of a Python that has this version and can make a virtual environment
interpreter() {
  local each
  for each in "$(command -v "python$1")" "/usr/bin/python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
    if "$each" -c "import ensurepip, sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2> /dev/null; then
      echo "$each"
      return
    fi
  done
  return 1
}

# The dependencies in pyproject.toml name their lowest versions, as does the extra that users install.
test_with_lowest_dependencies() {
  begin "the lowest versions of the dependencies"
  .venv/bin/python > "$1/lowest.txt" << 'END'
import tomllib
with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
for each in (project["dependencies"], project["optional-dependencies"]["lsp"]):
    print(*each, sep="\n")
END
  sed --in-place 's/>=/==/' "$1/lowest.txt"
  # the newest tools may need newer ones
  PIP_CONSTRAINT="$1/lowest.txt" make test VENV="$1/lowest" PINS=
}

report_missing_pythons() {
  [ -z "$missing" ] || printf '\n!!! NOT TESTED, since no such interpreter can be had: Python%s\n\n' "$missing" >&2
}
