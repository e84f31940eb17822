#!/bin/sh
# Runs a command in a root, as root. Usage: enter.sh ROOT COMMAND. Mounts and processes live in namespaces of their
# own, which end with this process however it ends: nothing is left to unmount.
set -eu
if [ "${IN_NAMESPACE:-}" != "$$" ]; then
    # The first process of a process namespace has the number 1.
    exec setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
        env IN_NAMESPACE=1 "$0" "$@"
fi
root=$1
command=$2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
# As a child, since the first process of a namespace has the orphans to take over, which `wait` does. node has a list of
# certificate authorities of its own, and ccache is used where somebody has put it.
path=/usr/lib/ccache:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
chroot "$root" /usr/bin/env -i HOME=/root TERM="${TERM:-dumb}" PATH=$path \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt /bin/sh -euc "$command" &
wait "$!"
