# The package as users get it.

# test_package FOLDER: install the package there, render, and compare with what the checkout renders
test_package() {
  python3 -m venv "$1/installed"
  "$1/installed/bin/pip" install --quiet .
  cp --recursive Dockerfile.j2 profiles "$1"
  (
    cd "$1" || exit
    installed/bin/dfrender render
    installed/bin/dfrender explain unknown-stage # its manual is in the package
  )
  cmp Dockerfile.local "$1/Dockerfile.local"
  cmp Dockerfile.ci "$1/Dockerfile.ci"
}

# unpack_sdist FOLDER: build the source distribution, unpack it there as "unpacked", and render
unpack_sdist() {
  .venv/bin/hatchling build --target sdist --directory "$1/sdist"
  mkdir "$1/unpacked"
  tar --extract --file "$1"/sdist/*.tar.gz --directory "$1/unpacked" --strip-components 1
  make --directory "$1/unpacked"
  cmp Dockerfile.ci "$1/unpacked/Dockerfile.ci"
}
