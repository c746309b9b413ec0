# Runs a program where unpacked packages look installed, in a mount namespace
# that is ours already: overlay.sh TREE SCRATCH PROGRAM...
# What is written to the laid-over directories is kept in memory.
set -eu
tree=$1 scratch=$2
shift 2

mount -t tmpfs -o mode=755 twinmx "$scratch"
mkdir "$scratch/tree"
mount --bind "$tree" "$scratch/tree"
for part in usr etc var; do
    mkdir -p "$scratch/upper/$part" "$scratch/work/$part"
    if [ -d "$scratch/tree/$part" ]; then
        lower=$scratch/tree/$part:/$part
    else
        lower=/$part
    fi
    mount -t overlay twinmx \
        -o "lowerdir=$lower,upperdir=$scratch/upper/$part,workdir=$scratch/work/$part" "/$part"
done

# The users that installing would have made.
id=9100
for user in Debian-exim opensmtpd opensmtpq; do
    if ! getent passwd "$user" >/dev/null; then
        echo "$user:x:$id:$id::/var/empty:/usr/sbin/nologin" >>/etc/passwd
        echo "$user:x:$id:" >>/etc/group
    fi
    id=$((id + 1))
done

exec "$@"
