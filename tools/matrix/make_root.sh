#!/bin/sh
# Makes the root of one Debian suite with git and make alone. Usage: make_root.sh SUITE DIRECTORY. The mirror, and
# what apt is told of proxies, dates and certificates, are the host's own.
set -eu
suite=$1
root=$2
fail() { printf '%s\n' "make_root: $*" >&2; exit 1; }

mirror=$(apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' | sed -n 's|^Debian/Debian ||p' | head -n 1)
[ -n "$mirror" ] || fail "apt knows no mirror of Debian: apt-get update"

# All Debian's suites have been made by one recipe for long; an older debootstrap does not know the newest names.
recipe=/usr/share/debootstrap/scripts/$suite
[ -e "$recipe" ] || recipe=/usr/share/debootstrap/scripts/sid

# Nothing that somebody has mounted in there goes with it.
rm -rf --one-file-system -- "$root"
mkdir -p -- "$root"
debootstrap --variant=minbase --include=git,make,ca-certificates "$suite" "$root" "$mirror" "$recipe"

apt-config dump | grep -E '^Acquire::(https?::Proxy|Check-|https::CaInfo)' >"$root/etc/apt/apt.conf.d/90host" || true
cp /etc/resolv.conf /etc/hosts "$root/etc/"
if ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
    chroot "$root" update-ca-certificates >/dev/null
fi
# No service is started in a root, and what is in one can be made again.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"

# A suite that is not released yet is often mirrored as it was on some day, and that day's lists have expired.
updated() { said=$(chroot "$root" apt-get update 2>&1); }
if ! updated; then
    case $said in *' is expired '*) ;; *) fail "$said" ;; esac
    echo 'Acquire::Check-Valid-Until "false";' >>"$root/etc/apt/apt.conf.d/90host"
    updated || fail "$said"
    printf '%s\n' "make_root: the lists of $suite have expired; they are used all the same"
fi
