# A newer Debian in a folder: made by Debian's debootstrap, entered by chroot.

# what make, the tests, and those on an engine need
DEBIAN_PACKAGES=python3,python3-venv,ca-certificates,git,make
DEBIAN_PACKAGES=$DEBIAN_PACKAGES,docker.io,docker-cli,docker-buildx,docker-registry,containerd,runc,busybox-static
DEBIAN_PACKAGES=$DEBIAN_PACKAGES,procps,mount,iptables,buildah,netavark

# debian SUITE FOLDER: install the suite, unless it is there
debian() {
  local mirror file
  [ ! -e "$2/complete" ] || return 0
  apt-get install --quiet=2 --yes --no-install-recommends debootstrap || return
  # shellcheck disable=SC2016 # apt replaces it
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian') || return
  # Debian 12's debootstrap has no script for forky, which is installed as trixie is
  debootstrap --variant=minbase --include="$DEBIAN_PACKAGES" \
    "$1" "$2" "${mirror%%$'\n'*}" /usr/share/debootstrap/scripts/trixie > "$2.log" || {
    tail "$2.log" >&2
    return 1
  }
  # how this machine reaches the network, and where its pip finds packages
  for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/pip.conf "$HOME/.config/pip/pip.conf"; do
    [ ! -e "$file" ] || install -D --mode=644 "$file" "$2$file" || return
  done
  mkdir "$2/checkout" && touch "$2/complete"
}

# in_debian FOLDER COMMAND...: run the command in this checkout with the programs of the Debian in the folder
in_debian() {
  # The mounts end with the process that makes them; containers are run from a root that is a mount.
  # shellcheck disable=SC2016 # the inner shells replace these
  unshare --mount sh -euc '
    root=$1
    shift
    mount --bind "$root" "$root"
    mount --types proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount --types tmpfs tmpfs "$root/run"
    mount --bind . "$root/checkout"
    exec chroot "$root" sh -euc "cd /checkout; exec \"\$@\"" sh "$@"
  ' sh "$@"
}
