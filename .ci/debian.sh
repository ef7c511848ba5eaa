# A Debian that has another Python, in a folder: made by Debian's debootstrap, entered by chroot.

# debian_with VERSION FOLDER: install the suite that has this version of Python, with what the tests need
debian_with() {
  local suite mirror file
  case $1 in
    3.13) suite=trixie ;;
    3.14) suite=forky ;;
    *) return 1 ;;
  esac
  apt-get install --quiet=2 --yes --no-install-recommends debootstrap || return
  # shellcheck disable=SC2016 # apt replaces it
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian') || return
  # Debian 12's debootstrap has no script for forky, which is installed as trixie is
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates,git,make \
    "$suite" "$2" "${mirror%%$'\n'*}" /usr/share/debootstrap/scripts/trixie > "$2.log" || {
    tail "$2.log" >&2
    return 1
  }
  # how this machine reaches the network, and where its pip finds packages
  for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/pip.conf "$HOME/.config/pip/pip.conf"; do
    [ ! -e "$file" ] || install -D --mode=644 "$file" "$2$file" || return
  done
}

# in_debian FOLDER COMMAND...: run the command in this checkout with the programs of the Debian in the folder
in_debian() {
  mkdir --parents "$1/checkout"
  # the mounts end with the process that makes them
  # shellcheck disable=SC2016 # the inner shells replace these
  unshare --mount sh -euc '
    root=$1
    shift
    mount --types proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind . "$root/checkout"
    exec chroot "$root" sh -euc "cd /checkout; exec \"\$@\"" sh "$@"
  ' sh "$@"
}
