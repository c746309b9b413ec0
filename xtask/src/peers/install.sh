# Installs the Debian packages given, and lets none of their services start.
#
# invoke-rc.d asks /usr/sbin/policy-rc.d, and 101 means "do not". One that was
# there before is put back, also after a failure or Ctrl-C, and the next run
# tidies up after one that was killed.
set -eu

policy=/usr/sbin/policy-rc.d
kept=$policy.kept-by-twinmx
mark='# put here by twinmx'

restore() {
    if [ -e "$kept" ] || [ -L "$kept" ]; then
        mv -f "$kept" "$policy"
    elif grep -qsxF "$mark" "$policy"; then
        rm -f "$policy"
    fi
}

install_all() {
    apt-get install --yes --quiet --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=120 "$@"
}

# One at a time: two runs would keep each other's policy.
exec 9</usr/sbin
flock 9

restore
trap restore EXIT
trap 'exit 130' HUP INT TERM
if [ -e "$policy" ] || [ -L "$policy" ]; then
    cp -a "$policy" "$kept"
fi
printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy.new"
chmod 755 "$policy.new"
mv -f "$policy.new" "$policy"

export DEBIAN_FRONTEND=noninteractive
for name; do
    if [ "$name" = postfix ] && command -v debconf-set-selections >/dev/null; then
        echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
    fi
    if [ "$name" = slapd ] && command -v debconf-set-selections >/dev/null; then
        echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections
    fi
done

# Lists that are missing or too old show by this failing.
install_all "$@" || { apt-get update --quiet && install_all "$@"; }

# Nor does one start with the machine: installing these enables their services.
for name; do
    case $name in
    samba) services='smbd nmbd winbind samba-ad-dc' ;;
    slapd) services=slapd ;;
    *) continue ;;
    esac
    for service in $services; do
        if command -v deb-systemd-helper >/dev/null; then
            deb-systemd-helper disable "$service.service" >/dev/null 2>&1 || true
        fi
        update-rc.d "$service" disable >/dev/null 2>&1 || true
    done
done
