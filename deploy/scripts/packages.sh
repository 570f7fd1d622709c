# SPDX-License-Identifier: Apache-2.0
# Part of ./run: finds the JDK and the programs, installs what is missing where that is possible.

readonly JDK_VERSION=25
# program:Debian package
readonly DAEMONS="clamd:clamav-daemon clamav-milter:clamav-milter postfix:postfix smtp-sink:postfix spamd:spamd
    rspamd:rspamd slapd:slapd ldapadd:ldap-utils dovecot:dovecot-core haproxy:haproxy swaks:swaks strace:strace
    unbound:unbound ldns-signzone:ldnsutils opendkim:opendkim redis-server:redis-server tesseract:tesseract-ocr zip:zip bzip2:bzip2
    xz:xz-utils ar:binutils gcab:gcab genisoimage:genisoimage python3:python3 openssl:openssl"
# Packages whose presence no program of their own shows.
readonly EXTRA_PACKAGES="dovecot-lmtpd dovecot-imapd python3-dkim libgnutls-dane0"

has_program() {
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
}

may_install() {
    [ "$(id -u)" = 0 ] && [ "${POSTERN_RUN_INSTALL:-yes}" != no ] && has_program apt-get
}

apt_updated=no

# Installs packages without starting their services. Returns apt's exit code.
apt_install() {
    say "installing with apt-get: $*"
    if [ "$apt_updated" = no ]; then
        apt-get update -qq </dev/null || say "apt-get update failed; trying with the lists at hand"
        apt_updated=yes
    fi
    local policy=/usr/sbin/policy-rc.d made=no code=0
    if [ ! -e "$policy" ]; then
        # Nothing that is only wanted for tests starts as a service.
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes
    fi
    if has_program debconf-set-selections; then
        debconf-set-selections <<'TEXT'
postfix postfix/main_mailer_type select No configuration
slapd slapd/no_configuration boolean true
TEXT
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null || code=$?
    [ "$made" = no ] || rm -f "$policy"
    return "$code"
}

need_program() {
    has_program "$1" && return
    if may_install && apt_install "$2" && has_program "$1"; then
        return
    fi
    die "$MISSING" "$1 is missing. Install it: apt-get install $2"
}

# The major version of the JDK in a folder; nothing where there is none.
jdk_major() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Prints the first JDK that is new enough: JAVA_HOME, the PATH, /usr/lib/jvm.
find_jdk() {
    local home major on_path=
    if command -v javac >/dev/null 2>&1; then
        on_path=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    fi
    for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*; do
        [ -n "$home" ] || continue
        major=$(jdk_major "$home")
        if [ -n "$major" ] && [ "$major" -ge "$JDK_VERSION" ]; then
            printf '%s\n' "$home"
            return
        fi
    done
}

need_jdk() {
    local home package
    home=$(find_jdk)
    if [ -z "$home" ] && may_install; then
        for package in openjdk-$JDK_VERSION-jdk-headless temurin-$JDK_VERSION-jdk; do
            apt_install "$package" || continue
            home=$(find_jdk)
            [ -z "$home" ] || break
        done
    fi
    [ -n "$home" ] || die "$MISSING" "no JDK $JDK_VERSION or newer in JAVA_HOME, PATH or /usr/lib/jvm." \
        "Install openjdk-$JDK_VERSION-jdk-headless, or temurin-$JDK_VERSION-jdk from Adoptium's repository"
    export JAVA_HOME=$home
    export PATH=$home/bin:$PATH
    say "JDK: $home"
}

# Packages that conflict with one above: unpacked into a folder of their own, where the test kit looks for programs.
readonly UNPACKED="exim4:exim4-daemon-light"
readonly UNPACKED_FOLDER="$HOME/.cache/postern/unpacked"

want_unpacked() {
    local pair
    for pair in $UNPACKED; do
        if has_program "${pair%%:*}" || [ -x "$UNPACKED_FOLDER/usr/sbin/${pair%%:*}" ]; then
            continue
        fi
        say "unpacking ${pair#*:} into $UNPACKED_FOLDER"
        mkdir -p "$UNPACKED_FOLDER"
        (cd "$UNPACKED_FOLDER" && apt-get download -qq "${pair#*:}" && dpkg-deb -x "${pair#*:}"_*.deb . && rm -f -- *.deb) \
            || say "${pair#*:} could not be unpacked; tests that need it fail unless a Docker engine has it"
    done
}

# Installs the daemons that tests start from the PATH. Missing ones are named here and fail the tests that need them.
want_daemons() {
    local pair missing=""
    for pair in $DAEMONS; do
        has_program "${pair%%:*}" || missing="$missing ${pair#*:}"
    done
    for pair in $EXTRA_PACKAGES; do
        dpkg-query -W -f='${Status}' "$pair" 2>/dev/null | grep -q ' installed' || missing="$missing $pair"
    done
    missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if may_install; then
        # Word splitting is wanted: one argument a package.
        apt_install $missing && return
        say "apt-get could not install all of them"
    fi
    say "missing, and tests that need them fail unless a Docker engine has them: apt-get install $missing"
}
