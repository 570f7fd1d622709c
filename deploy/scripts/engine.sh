# SPDX-License-Identifier: Apache-2.0
# Part of ./run: a Docker engine for the tests' containers. All of it is best effort and says what it does:
# without an engine the tests use the programs on the PATH.

readonly BASE_IMAGE=debian:bookworm-slim BASE_SUITE=bookworm
engine_folder= engine_pid=

engine_answers() {
    has_program docker && timeout 20 docker info >/dev/null 2>&1
}

start_engine() {
    if [ "${POSTERN_TESTKIT:-auto}" = path ]; then
        return
    elif engine_answers; then
        say "a Docker engine answers"
    elif [ "${POSTERN_RUN_ENGINE:-yes}" = no ] || ! start_private_engine; then
        say "no Docker engine: daemons come from the PATH only, the container way is not tested"
        return
    fi
    if ! have_base_image; then
        say "no base image: containers cannot be built, daemons come from the PATH"
    fi
}

# An engine of this run alone: no bridge, no firewall rules, its own socket; its images are kept for the next run.
start_private_engine() {
    [ "$(id -u)" = 0 ] || { say "only root can start a Docker engine"; return 1; }
    if ! has_program dockerd; then
        may_install && apt_install docker.io debootstrap || { say "dockerd is missing: apt-get install docker.io"; return 1; }
    fi
    local cache="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/postern"
    mkdir -p "$cache"
    exec 9>"$cache/docker.lock"
    flock -n 9 || { say "another run on this machine uses the private Docker engine's folder"; return 1; }
    engine_folder=$(mktemp -d /tmp/postern-engine.XXXXXX)
    say "starting dockerd on $engine_folder/docker.sock (log: $engine_folder/dockerd.log)"
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin setsid dockerd --host "unix://$engine_folder/docker.sock" \
        --data-root "$cache/docker" --exec-root "$engine_folder/exec" --pidfile "$engine_folder/pid" \
        --bridge none --iptables=false >"$engine_folder/dockerd.log" 2>&1 </dev/null 9>&- &
    engine_pid=$!
    export DOCKER_HOST=unix://$engine_folder/docker.sock
    local tries
    for tries in $(seq 60); do
        if engine_answers; then
            return 0
        fi
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.5
    done
    say "dockerd did not start; the end of its log:"
    tail -n 5 "$engine_folder/dockerd.log"
    stop_engine
    return 1
}

stop_engine() {
    [ -n "$engine_pid" ] || return 0
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
    unset DOCKER_HOST
    # dockerd leaves its network namespace mounted.
    umount "$engine_folder"/exec/netns/* 2>/dev/null || true
    rm -rf "$engine_folder" || say "could not remove $engine_folder"
}

# The images of the tests are built on this one: there already, pulled, or made from packages.
have_base_image() {
    docker image inspect "$BASE_IMAGE" >/dev/null 2>&1 && return
    say "fetching $BASE_IMAGE"
    timeout 120 docker pull -q "$BASE_IMAGE" >/dev/null 2>&1 && return
    [ "$(id -u)" = 0 ] || { say "$BASE_IMAGE cannot be pulled, and only root can make it"; return 1; }
    if ! has_program debootstrap; then
        may_install && apt_install debootstrap || { say "debootstrap is missing: apt-get install debootstrap"; return 1; }
    fi
    say "$BASE_IMAGE cannot be pulled; making it with debootstrap (about a minute)"
    local root code=0
    root=$(mktemp -d /tmp/postern-base.XXXXXX)
    # Where this machine's own packages come from, if it runs the same suite; debootstrap's default otherwise.
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "Codename: $BASE_SUITE" 2>/dev/null | head -n 1 || true)
    { PATH=$PATH:/usr/sbin:/sbin debootstrap --variant=minbase "$BASE_SUITE" "$root/base" ${mirror:+"$mirror"} >"$root/log" 2>&1 \
        && tar -C "$root/base" -c . | docker import - "$BASE_IMAGE" >/dev/null; } || { code=1; tail -n 3 "$root/log"; }
    rm -rf "$root"
    return "$code"
}
